// Package exec binds tools to executables: each call starts the program, writes the inputs to its standard input as one
// JSON object, and reads one JSON value from its standard output.
//
//	plus, err := exec.New("plus_one", []string{"python3", "tools.py", "plus_one"}, &exec.Options{Dir: "examples"})
//
// A program that exits with another status than 0 has failed; the text of the failure is the last line of its standard
// error that is not blank, or "exit status N". The program finds the idempotency key of the call in its environment, as
// WAYFLOW_IDEMPOTENCY_KEY. When its time is up or the call is cancelled it is killed together with all it started.
package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/internal/child"
	"github.com/wayflow-go/wayflow/value"
)

// IdempotencyKeyVariable is the variable in which a program finds the idempotency key of the call.
const IdempotencyKeyVariable = "WAYFLOW_IDEMPOTENCY_KEY"

// DefaultMaxOutput bounds the answer of a program, in bytes, for which no other bound was set.
const DefaultMaxOutput = 16 << 20

// stderrTail is how much of a program's standard error is kept.
const stderrTail = 16 << 10

// drain is how long to wait for output after the program has ended, when something it left behind still holds it open.
const drain = 2 * time.Second

// Options say how a program is run. The zero value is useful.
type Options struct {
	// Dir is the working directory; relative paths in the command start there. Default: that of this process.
	Dir string
	// Env is added to the environment of this process, as in "KEY=value".
	Env []string
	// Timeout bounds a call. Default: [tool.DefaultTimeout].
	Timeout time.Duration
	// MaxOutput bounds the answer in bytes. Default: [DefaultMaxOutput].
	MaxOutput int
}

// Tool is an executable as a tool; [New] makes one.
type Tool struct {
	spec tool.Spec
	path string
	argv []string
	opts Options
}

// New binds a name to a command. It fails if there is no such program.
func New(name string, command []string, opts *Options) (*Tool, error) {
	if len(command) == 0 || command[0] == "" {
		return nil, fmt.Errorf("tool %q: the command is empty; give a program and its arguments", name)
	}
	t := &Tool{argv: append([]string(nil), command...)}
	if opts != nil {
		t.opts = *opts
	}
	if t.opts.Timeout <= 0 {
		t.opts.Timeout = tool.DefaultTimeout
	}
	if t.opts.MaxOutput <= 0 {
		t.opts.MaxOutput = DefaultMaxOutput
	}
	t.spec = tool.Spec{Name: name, Untyped: true, Timeout: t.opts.Timeout}
	var err error
	if t.path, err = find(command[0], t.opts.Dir); err != nil {
		return nil, fmt.Errorf("tool %q: %w", name, err)
	}
	return t, nil
}

// find returns the path of a program: a name is searched in PATH, a path starts in dir.
func find(program, dir string) (string, error) {
	path := program
	inPath := filepath.Base(program) == program
	if !inPath && !filepath.IsAbs(program) {
		abs, err := filepath.Abs(filepath.Join(dir, program))
		if err != nil {
			return "", err
		}
		path = abs
	}
	found, err := osexec.LookPath(path)
	switch {
	case err == nil:
		return found, nil
	case inPath && errors.Is(err, osexec.ErrNotFound):
		return "", fmt.Errorf("program %q: not found in PATH; install it or give its path", program)
	case errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("program %q: there is no file %q", program, path)
	case errors.Is(err, os.ErrPermission):
		return "", fmt.Errorf("program %q: %q may not be executed; set its executable bit, or name its interpreter first", program, path)
	default:
		return "", fmt.Errorf("program %q: %w", program, err)
	}
}

// Spec implements [tool.Tool]. Nothing is known of the inputs and outputs of a program.
func (t *Tool) Spec() *tool.Spec { return &t.spec }

// errOutput is the cause of a kill for too much output.
var errOutput = errors.New("too much output")

// Call implements [tool.Tool].
func (t *Tool) Call(ctx context.Context, args *value.Object) (value.Value, error) {
	name := t.spec.Name
	timed, cancel := tool.WithTimeout(ctx, t.opts.Timeout)
	defer cancel()
	if timed.Err() != nil {
		return value.Null, tool.Stopped(timed, name, t.opts.Timeout)
	}
	running, stop := context.WithCancelCause(timed)
	defer stop(nil)

	out := &bounded{max: t.opts.MaxOutput, full: func() { stop(errOutput) }}
	tail := child.NewTail(stderrTail)
	cmd := t.command(running, args)
	cmd.Stdout, cmd.Stderr = out, tail
	if err := cmd.Start(); err != nil {
		e := tool.Failf(name, tool.ChildProcessError, "start %q: %v", t.argv[0], startError(err))
		e.Err = err
		return value.Null, e
	}
	err := cmd.Wait()
	switch {
	case errors.Is(context.Cause(running), errOutput):
		return value.Null, tool.Failf(name, tool.ValueError,
			"the answer is longer than %s; make it shorter, or raise max_output", bytesText(t.opts.MaxOutput))
	case timed.Err() != nil && err != nil:
		return value.Null, tool.Stopped(timed, name, t.opts.Timeout)
	case err != nil && !errors.Is(err, osexec.ErrWaitDelay):
		return value.Null, t.failure(err, tail)
	}
	return t.answer(out.buf.Bytes())
}

// command prepares one run of the program.
func (t *Tool) command(ctx context.Context, args *value.Object) *osexec.Cmd {
	cmd := osexec.CommandContext(ctx, t.path, t.argv[1:]...)
	cmd.Args[0] = t.argv[0]
	cmd.Dir = t.opts.Dir
	cmd.Env = append(os.Environ(), t.opts.Env...)
	if key := tool.IdempotencyKey(ctx); key != "" {
		cmd.Env = append(cmd.Env, IdempotencyKeyVariable+"="+key)
	}
	cmd.Stdin = bytes.NewReader(value.AppendJSON(nil, args.Of()))
	cmd.Cancel = func() error { return child.Kill(cmd) }
	cmd.WaitDelay = drain
	child.Isolate(cmd)
	return cmd
}

// startError drops what the operating system's call was.
func startError(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}

// failure returns the error of a program that ended badly.
func (t *Tool) failure(err error, tail *child.Tail) error {
	exit, ok := errors.AsType[*osexec.ExitError](err)
	if !ok {
		e := tool.Failf(t.spec.Name, tool.ChildProcessError, "run %q: %v", t.argv[0], err)
		e.Err = err
		return e
	}
	e := &tool.Error{Tool: t.spec.Name, Class: tool.ToolFailed, Message: tail.LastLine(), Stack: tail.String(), Err: err}
	if exit.ExitCode() < 0 {
		e.Class = tool.ChildProcessError
	}
	if e.Message == "" {
		e.Message = exit.ProcessState.String() // "exit status 3", "signal: killed"
	}
	return e
}

// answer reads what the program wrote.
func (t *Tool) answer(out []byte) (value.Value, error) {
	fail := func(format string, args ...any) error {
		return tool.Failf(t.spec.Name, tool.ValueError, format, args...)
	}
	switch text := bytes.TrimSpace(out); {
	case len(text) == 0:
		return value.Null, fail("the program answered nothing; it must print one JSON value, null for no result")
	case !utf8.Valid(text):
		return value.Null, fail("the answer is not valid UTF-8; it begins with %s", beginning(text))
	default:
		v, err := value.ParseJSON(text)
		if err != nil {
			return value.Null, fail("the answer is no JSON value (%v); it begins with %s", err, beginning(text))
		}
		return v, nil
	}
}

// beginning quotes the first bytes of a text.
func beginning(text []byte) string {
	const most = 80
	if len(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q...", strings.ToValidUTF8(string(text[:most]), ""))
}

// bytesText writes a number of bytes for people.
func bytesText(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// bounded collects output up to a bound. It reports once that the bound was passed, and from then on takes everything and
// keeps nothing, so that the program does not block before it is killed.
type bounded struct {
	buf  bytes.Buffer
	max  int
	full func()
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.over {
		return len(p), nil
	}
	if b.buf.Len()+len(p) > b.max {
		b.over = true
		b.buf = bytes.Buffer{}
		b.full()
		return len(p), nil
	}
	return b.buf.Write(p)
}
