package exec_test

import (
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/exec"
	"github.com/wayflow-go/wayflow/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what a test waits for; it is only ever used up by a test that fails.
const patience = 30 * time.Second

// shell binds a tool to a shell script, which runs in a folder of its own.
func shell(t testing.TB, script string, opts exec.Options) *exec.Tool {
	t.Helper()
	if _, err := osexec.LookPath("sh"); err != nil {
		t.Skip("these tests need a shell (sh)")
	}
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	f, err := exec.New("f", []string{"sh", "-c", script}, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCall(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, script, want string }{
		{"inputs on standard input", "cat", `{"user":"bob","n":[1,2.0,null,"é"]}`},
		{"plain value", "echo 42", "42"},
		{"null", "echo null", "null"},
		{"white space around", "printf '\n  [1,\n 2] \n\n'", "[1,2]"},
		{"standard error is not the answer", "echo warning >&2; echo 1", "1"},
		{"inputs not read", "exec 0<&-; echo true", "true"},
		{"no key", "printf '\"%s\"' \"$WAYFLOW_IDEMPOTENCY_KEY\"", `""`},
		{"something left running", "sleep 5 & echo 1", "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := shell(t, tt.script, exec.Options{})
			args, err := value.ParseJSON([]byte(`{"user":"bob","n":[1,2.0,null,"é"]}`))
			if err != nil {
				t.Fatal(err)
			}
			o, _ := args.AsObject()
			got, err := f.Call(t.Context(), o)
			if err != nil || got.String() != tt.want {
				t.Errorf("Call = %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestCallNeedsNoInputs(t *testing.T) {
	t.Parallel()
	if got, err := shell(t, "cat", exec.Options{}).Call(t.Context(), nil); err != nil || got.String() != "{}" {
		t.Errorf("Call = %s, %v, want {}", got, err)
	}
}

func TestCallEnvironment(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := shell(t, `printf '"%s %s %s"' "$WAYFLOW_IDEMPOTENCY_KEY" "$COLOR" "$(pwd)"`,
		exec.Options{Dir: dir, Env: []string{"COLOR=red"}})
	got, err := f.Call(tool.WithIdempotencyKey(t.Context(), "run-7/3"), nil)
	if want := "run-7/3 red " + dir; err != nil || got.Str() != want {
		t.Errorf("Call = %s, %v, want %q", got, err, want)
	}
}

func TestCallFailures(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, script, class, message string }{
		{
			"last line of standard error", "echo first >&2; echo ' cannot divide by zero ' >&2; echo >&2; exit 1",
			"ToolFailed", "cannot divide by zero",
		},
		{"exit status", "exit 3", "ToolFailed", "exit status 3"},
		{"signal", "kill -9 $$", "ChildProcessError", "signal: killed"},
		{"no answer", "true", "ValueError", "the program answered nothing; it must print one JSON value, null for no result"},
		{
			"blank answer", "echo; echo", "ValueError",
			"the program answered nothing; it must print one JSON value, null for no result",
		},
		{
			"no JSON", "echo hello there", "ValueError",
			`the answer is no JSON value (invalid JSON at byte 0: 'h' stands where a value was expected); it begins with "hello there"`,
		},
		{
			"more than one value", "echo 1 2", "ValueError",
			`the answer is no JSON value (invalid JSON at byte 2: '2' stands where the end of the text was expected); it begins with "1 2"`,
		},
		{"invalid UTF-8", `printf '"\377"'`, "ValueError", `the answer is not valid UTF-8; it begins with "\"\xff\""`},
		{"standard error is cut at the front", "yes | head -c 1000000 >&2; echo end >&2; exit 1", "ToolFailed", "end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := shell(t, tt.script, exec.Options{}).Call(t.Context(), nil)
			e, ok := errors.AsType[*tool.Error](err)
			if !ok || e.Tool != "f" || e.Class != tt.class || e.Message != tt.message {
				t.Errorf("Call = %#v, want %s %q", err, tt.class, tt.message)
			}
		})
	}
}

func TestCallLongNonsenseIsCut(t *testing.T) {
	t.Parallel()
	_, err := shell(t, "yes nonsense | head -c 100000", exec.Options{}).Call(t.Context(), nil)
	if err == nil || len(err.Error()) > 300 || !strings.HasSuffix(err.Error(), `"...`) {
		t.Errorf("Call = %v, want a short error", err)
	}
}

func TestCallBoundsTheAnswer(t *testing.T) {
	t.Parallel()
	f := shell(t, "yes", exec.Options{MaxOutput: 2 << 10}) // never ends by itself
	_, err := f.Call(t.Context(), nil)
	want := "the answer is longer than 2 KiB; make it shorter, or raise max_output"
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Message != want || e.Class != "ValueError" {
		t.Errorf("Call = %v, want %s", err, want)
	}
	exact := shell(t, `printf '"%s"' 12345678`, exec.Options{MaxOutput: 10})
	if got, err := exact.Call(t.Context(), nil); err != nil || got.Str() != "12345678" {
		t.Errorf("Call with an answer of exactly the bound = %s, %v", got, err)
	}
}

// waiting is a script that says when it runs, by a line in a pipe, and then sleeps in a child of its own.
func waiting(t *testing.T, opts exec.Options) (f *exec.Tool, started func(), ended func()) {
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if out, err := osexec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Skipf("these tests need named pipes: %v %s", err, out)
	}
	open := make(chan *os.File, 1)
	go func() {
		f, err := os.OpenFile(fifo, os.O_RDONLY, 0)
		if err != nil {
			t.Error(err)
		}
		open <- f
	}()
	var pipe *os.File
	read := func(what string) {
		_ = pipe.SetReadDeadline(time.Now().Add(patience)) // a pipe that cannot have one is read without
		buf := make([]byte, 16)
		if n, _ := pipe.Read(buf); string(buf[:n]) != what {
			t.Errorf("the program's pipe says %q, want %q", buf[:n], what)
		}
	}
	started = func() {
		pipe = <-open
		read("go\n")
	}
	// The pipe ends when the last process that holds it is gone.
	ended = func() {
		read("")
		_ = pipe.Close()
	}
	return shell(t, `exec 3>"`+fifo+`"; sleep 1000 & echo go >&3; wait`, opts), started, ended
}

func TestCallTimeoutKillsTheGroup(t *testing.T) {
	t.Parallel()
	f, started, ended := waiting(t, exec.Options{Timeout: time.Second})
	done := make(chan error, 1)
	go func() {
		_, err := f.Call(context.Background(), nil)
		done <- err
	}()
	started()
	err := <-done
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.TimeoutError ||
		e.Message != "no answer within 1s; set a longer timeout for the tool if it needs one" {
		t.Errorf("Call = %v, want a TimeoutError", err)
	}
	ended()
}

func TestCallCancelKillsTheGroup(t *testing.T) {
	t.Parallel()
	f, started, ended := waiting(t, exec.Options{})
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := f.Call(ctx, nil)
		done <- err
	}()
	started()
	why := errors.New("the user gave up")
	cancel(why)
	err := <-done
	if _, ok := errors.AsType[*tool.Error](err); ok || !errors.Is(err, why) {
		t.Errorf("Call = %v, want the cause and no *Error", err)
	}
	ended()

	if _, err := f.Call(ctx, nil); !errors.Is(err, why) {
		t.Errorf("Call when already cancelled = %v, want the cause", err)
	}
}

func TestCallDeadlineOfTheCaller(t *testing.T) {
	t.Parallel()
	f := shell(t, "sleep 1000", exec.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := f.Call(ctx, nil)
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.TimeoutError || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Call = %v, want a TimeoutError", err)
	}
}

func TestNewFindsTheProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho 1\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("tool.sh", 0o700)
	write("data.txt", 0o600)
	tests := []struct {
		name    string
		command []string
		want    string // part of the error
	}{
		{"in PATH", []string{"sh"}, ""},
		{"relative to the folder", []string{"./tool.sh"}, ""},
		{"absolute", []string{filepath.Join(dir, "tool.sh")}, ""},
		{"none", nil, "the command is empty; give a program and its arguments"},
		{"empty", []string{""}, "the command is empty; give a program and its arguments"},
		{"not in PATH", []string{"no-such-program"}, `program "no-such-program": not found in PATH; install it or give its path`},
		{"no such file", []string{"./nothing.sh"}, `program "./nothing.sh": there is no file "` + filepath.Join(dir, "nothing.sh")},
		{"not executable", []string{"./data.txt"}, "may not be executed; set its executable bit, or name its interpreter first"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := exec.New("f", tt.command, &exec.Options{Dir: dir})
			if tt.want == "" {
				if err != nil || !f.Spec().Untyped || f.Spec().Timeout != tool.DefaultTimeout {
					t.Errorf("New(%q) = %v, %v", tt.command, f, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), `tool "f": `) {
				t.Errorf("New(%q): %v, want %s", tt.command, err, tt.want)
			}
		})
	}
}

func TestCallProgramGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "tool.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := exec.New("f", []string{"./tool.sh"}, &exec.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = f.Call(t.Context(), nil)
	e, ok := errors.AsType[*tool.Error](err)
	if !ok || e.Class != "ChildProcessError" || e.Message != `start "./tool.sh": no such file or directory` {
		t.Errorf("Call = %v, want a ChildProcessError", err)
	}
}

func BenchmarkCall(b *testing.B) {
	f := shell(b, "cat", exec.Options{})
	args := value.NewObject(value.Member{Key: "user", Value: value.String("bob")})
	for b.Loop() {
		if _, err := f.Call(b.Context(), args); err != nil {
			b.Fatal(err)
		}
	}
}
