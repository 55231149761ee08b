package python

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// Defaults of [Options].
const (
	DefaultInterpreter = "python3"
	DefaultThreads     = 256
	DefaultMaxOutput   = 16 << 20
)

// ErrClosed is returned by calls of functions whose file was closed.
var ErrClosed = errors.New("the python file was closed")

// Options say how a file is served. The zero value is useful.
type Options struct {
	// Interpreter is the program that runs the file. Default: [DefaultInterpreter].
	Interpreter string
	// Dir is the working directory of the process. Default: the folder of the file.
	Dir string
	// Timeout bounds a call, and the start of the process with the loading of the file. Default: [tool.DefaultTimeout].
	Timeout time.Duration
	// MaxOutput bounds a result in bytes of JSON. Default: [DefaultMaxOutput].
	MaxOutput int
	// Threads bounds how many plain functions run at once; further calls wait. Default: [DefaultThreads].
	Threads int
	// Stderr gets what functions print and what Python says. Default: it is dropped.
	Stderr io.Writer
}

// File is a Python file whose functions are served by a process. It is safe for concurrent use.
type File struct {
	name      string // the path as it was given
	path      string
	opts      Options
	functions []function

	mu      sync.Mutex
	current *process // guarded by mu; the newest one, perhaps dead
	closed  bool     // guarded by mu
}

// Open starts a process that serves the functions of a file. It fails if there is no Python, no such file, or if Python
// cannot load it. The context bounds Open alone. Close the file when done.
func Open(ctx context.Context, path string, opts *Options) (*File, error) {
	f := &File{name: path, path: path}
	if opts != nil {
		f.opts = *opts
	}
	if err := f.complete(); err != nil {
		return nil, fmt.Errorf("python file %q: %w", path, err)
	}
	p, _ := f.process() // fails only if closed
	err := p.await(ctx)
	if err != nil {
		p.kill() // perhaps it is still loading
		return nil, errors.Join(fmt.Errorf("python file %q: %w", path, err), f.Close())
	}
	f.functions = p.functions
	return f, nil
}

// complete fills in the options and checks them.
func (f *File) complete() error {
	o := &f.opts
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no such file")
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("this is a folder")
	}
	if f.path, err = filepath.Abs(f.path); err != nil {
		return err
	}
	if o.Interpreter == "" {
		o.Interpreter = DefaultInterpreter
	}
	interpreter, err := exec.LookPath(o.Interpreter)
	if err != nil {
		return fmt.Errorf("%s was not found; install Python 3.9 or newer, or put its folder into PATH", o.Interpreter)
	}
	o.Interpreter = interpreter
	if o.Dir == "" {
		o.Dir = filepath.Dir(f.path)
	}
	if o.Timeout <= 0 {
		o.Timeout = tool.DefaultTimeout
	}
	if o.MaxOutput <= 0 {
		o.MaxOutput = DefaultMaxOutput
	}
	if o.Threads <= 0 {
		o.Threads = DefaultThreads
	}
	return nil
}

// process returns the process that serves the file, a new one if there is none or it died.
func (f *File) process() (*process, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, ErrClosed
	}
	if f.current == nil || f.current.gone() {
		f.current = start(f.path, &f.opts)
	}
	return f.current, nil
}

// Close ends the process and returns when it is gone. Calls that are still running fail. It may be called again.
func (f *File) Close() error {
	f.mu.Lock()
	f.closed = true
	p := f.current
	f.mu.Unlock()
	if p != nil {
		p.close()
	}
	return nil
}

// Tools returns a tool for each function that the file itself defines and whose name does not begin with an underscore,
// in the order of the file.
func (f *File) Tools() []*Tool {
	var tools []*Tool
	for _, fn := range f.functions {
		if fn.own {
			tools = append(tools, f.tool(fn))
		}
	}
	return tools
}

// Tool returns the tool for a function of the file, one that it imports too.
func (f *File) Tool(function string) (*Tool, error) {
	for _, fn := range f.functions {
		if fn.attribute == function || fn.spec.Name == function {
			return f.tool(fn), nil
		}
	}
	var names []string
	for _, t := range f.Tools() {
		names = append(names, t.spec.Name)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return nil, fmt.Errorf("python file %q: there is no function %q, nor any other", f.name, function)
	}
	return nil, fmt.Errorf("python file %q: there is no function %q; it has %s", f.name, function, strings.Join(names, ", "))
}

func (f *File) tool(fn function) *Tool {
	t := &Tool{file: f, function: fn.attribute, spec: fn.spec}
	t.spec.Timeout = f.opts.Timeout
	return t
}

// Tool is a function of a Python file as a tool.
type Tool struct {
	file     *File
	function string
	spec     tool.Spec
}

// Spec implements [tool.Tool].
func (t *Tool) Spec() *tool.Spec { return &t.spec }

// Named returns a copy of the tool under another name.
func (t *Tool) Named(name string) *Tool {
	c := *t
	c.spec.Name = name
	return &c
}

// Timeout returns a copy of the tool whose calls are bounded by d.
func (t *Tool) Timeout(d time.Duration) *Tool {
	c := *t
	c.spec.Timeout = d
	return &c
}

// Call implements [tool.Tool].
func (t *Tool) Call(ctx context.Context, args *value.Object) (value.Value, error) {
	name := t.spec.Name
	ctx, cancel := tool.WithTimeout(ctx, t.spec.Timeout)
	defer cancel()
	r, err := t.send(ctx, args)
	switch {
	case err == nil:
		return r.result(name)
	case ctx.Err() != nil:
		return value.Null, tool.Stopped(ctx, name, t.spec.Timeout)
	case errors.Is(err, ErrClosed):
		return value.Null, fmt.Errorf("tool %q: %w", name, err)
	}
	e := tool.Failf(name, tool.ChildProcessError, "%v", err)
	e.Err = err
	if died, ok := errors.AsType[*diedError](err); ok {
		e.Stack = died.stderr
	}
	return value.Null, e
}

// send has a process perform the call. A process that was found dead before it was given the call is replaced.
func (t *Tool) send(ctx context.Context, args *value.Object) (reply, error) {
	key := tool.IdempotencyKey(ctx)
	for {
		p, err := t.file.process()
		if err != nil {
			return reply{}, err
		}
		if err := p.await(ctx); err != nil {
			return reply{}, fmt.Errorf("restart of python file %q: %w", t.file.name, err)
		}
		r, err := p.call(ctx, t.function, key, args)
		if !errors.Is(err, errNotSent) {
			return r, err
		}
	}
}
