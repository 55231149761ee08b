package python_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/python"
	"github.com/wayflow-go/wayflow/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open serves the given source.
func open(t testing.TB, source string, opts *python.Options) *python.File {
	t.Helper()
	f, err := python.Open(t.Context(), write(t, source), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// write puts the source into a file of its own folder. It skips the test where there is no Python.
func write(t testing.TB, source string) string {
	t.Helper()
	if _, err := exec.LookPath(python.DefaultInterpreter); err != nil {
		t.Skipf("these tests need Python: %v", err)
	}
	path := filepath.Join(t.TempDir(), "tools.py")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// function returns a function of the file as a tool.
func function(t testing.TB, f *python.File, name string) *python.Tool {
	t.Helper()
	fn, err := f.Tool(name)
	if err != nil {
		t.Fatal(err)
	}
	return fn
}

func object(t testing.TB, text string) *value.Object {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := v.AsObject()
	return o
}

func TestCall(t *testing.T) {
	t.Parallel()
	f := open(t, `
import asyncio, json, os, sys

def echo(v): return v
def kinds(v): return [type(x).__name__ for x in v]
def order(): return {"b": 1, "a": {"d": None, "c": (1, 2.0)}}
def floats(): return [1e16, 0.1, -0.0, float("inf"), float("-inf"), float("nan"), {"$float": 1}]
def defaults(a, b=2, *rest, c=3): return [a, b, c]
def only_by_place(a, /, b): return [a, b]
def anything(**all): return all
def noisy():
    print("not the answer")
    sys.stdout.write("1\tvalue\t0\n")
    os.write(1, b"2\tvalue\t0\n")
    os.system("echo neither is this")
    return [sys.stdin.read(), len(json.dumps({}))]
async def later(x):
    await asyncio.sleep(0)
    return x
async def stream(n):
    for i in range(n):
        yield i
def disguised(): return later("x")
def where(): return [os.path.basename(__file__), __name__, os.path.basename(os.getcwd()), sys.argv[0] == __file__]
def runs_a_loop(): return asyncio.run(later(5))
`, nil)
	tests := []struct{ name, function, args, want string }{
		{"every kind", "echo", `{"v":[null,true,1,1.0,"é\t\n\u0000",[],{}]}`, `[null,true,1,1.0,"é\t\n\u0000",[],{}]`},
		{
			"every kind in Python", "kinds", `{"v":[null,true,1,1.0,"",[],{}]}`,
			`["NoneType","bool","int","float","str","list","dict"]`,
		},
		{
			"all digits", "echo", `{"v":[9007199254740993,123456789012345678901234567890]}`,
			`[9007199254740993,123456789012345678901234567890]`,
		},
		{"order of keys", "order", `{}`, `{"b":1,"a":{"d":null,"c":[1,2.0]}}`},
		{"defaults", "defaults", `{"a":1}`, `[1,2,3]`},
		{"named", "defaults", `{"c":0,"a":1}`, `[1,2,0]`},
		{"parameters by place", "only_by_place", `{"b":2,"a":1}`, `[1,2]`},
		{"any parameters", "anything", `{"x":1,"y":2}`, `{"x":1,"y":2}`},
		{"what is printed", "noisy", `{}`, `["",2]`},
		{"coroutine", "later", `{"x":"y"}`, `"y"`},
		{"asynchronous generator", "stream", `{"n":3}`, `2`},
		{"function that returns a coroutine", "disguised", `{}`, `"x"`},
		{"function that runs a loop", "runs_a_loop", `{}`, `5`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := function(t, f, tt.function).Call(t.Context(), object(t, tt.args))
			if err != nil || got.String() != tt.want {
				t.Errorf("%s(%s) = %s, %v, want %s", tt.function, tt.args, got, err, tt.want)
			}
		})
	}
	t.Run("nested deeply", func(t *testing.T) {
		t.Parallel()
		deep := strings.Repeat("[", 900) + strings.Repeat("]", 900)
		got, err := function(t, f, "echo").Call(t.Context(), object(t, `{"v":`+deep+`}`))
		e, failed := errors.AsType[*tool.Error](err)
		if failed && e.Class == "RecursionError" { // a bound of the Python at hand; what counts is that the call has an answer
			return
		}
		if err != nil || got.String() != deep {
			t.Errorf("echo of 900 lists in one another = %.20s, %v", got, err)
		}
	})
	t.Run("large", func(t *testing.T) {
		t.Parallel()
		large := strings.Repeat("0123456789", 1<<20)
		got, err := function(t, f, "echo").Call(t.Context(), value.NewObject(value.Member{Key: "v", Value: value.String(large)}))
		if err != nil || got.Str() != large {
			t.Errorf("echo of 10 MiB = %d bytes, %v", len(got.Str()), err)
		}
	})
	t.Run("numbers beyond JSON", func(t *testing.T) {
		t.Parallel()
		got, err := function(t, f, "floats").Call(t.Context(), nil)
		if want := `[1e+16,0.1,-0.0,Infinity,-Infinity,NaN,{"$float":1}]`; err != nil || got.String() != want {
			t.Fatalf("floats() = %s, %v, want %s", got, err, want)
		}
		back, err := function(t, f, "echo").Call(t.Context(), value.NewObject(value.Member{Key: "v", Value: got}))
		if err != nil || back.String() != got.String() {
			t.Errorf("echo(%s) = %s, %v", got, back, err)
		}
	})
	t.Run("the file's own view", func(t *testing.T) {
		t.Parallel()
		got, err := function(t, f, "where").Call(t.Context(), nil)
		if err != nil || !strings.HasPrefix(got.String(), `["tools.py","tools","`) || !strings.HasSuffix(got.String(), `",true]`) {
			t.Errorf("where() = %s, %v", got, err)
		}
	})
}

func TestCallFailures(t *testing.T) {
	t.Parallel()
	f := open(t, `
import sys
class OutOfStock(LookupError): pass
class Mute(Exception):
    def __str__(self): raise RuntimeError
def divide(a, b): return a / b
def look_up(k): return {}[k]
def buy(): raise OutOfStock("no tea")
def empty(): raise ValueError
def mute(): raise Mute()
def quits(): sys.exit("enough")
def deep(n=0): return deep(n + 1)
def a_set(): return {1}
def keys(): return {(1, 2): 3}
def circle():
    x = []
    x.append(x)
    return x
def surrogate(): return "\ud800"
def large(): return "x" * 2000
async def nothing():
    return
    yield
async def fails(): raise KeyError("k")
`, &python.Options{MaxOutput: 1 << 10})
	tests := []struct{ name, function, args, class, message string }{
		{"division", "divide", `{"a":1,"b":0}`, "ZeroDivisionError", "division by zero"},
		{"a key is quoted, as in Python", "look_up", `{"k":"x"}`, "KeyError", "'x'"},
		{"class of its own", "buy", `{}`, "OutOfStock", "no tea"},
		{"without a text", "empty", `{}`, "ValueError", ""},
		{"text that cannot be made", "mute", `{}`, "Mute", "(the text of the exception cannot be made)"},
		{"exit", "quits", `{}`, "SystemExit", "enough"},
		{"endless recursion", "deep", `{}`, "RecursionError", "maximum recursion depth exceeded"},
		{"missing argument", "divide", `{"a":1}`, "TypeError", "divide() missing 1 required positional argument: 'b'"},
		{"unknown argument", "buy", `{"x":1}`, "TypeError", "buy() got an unexpected keyword argument 'x'"},
		{"set", "a_set", `{}`, "TypeError", "the result is no JSON value: Object of type set is not JSON serializable"},
		{
			"keys", "keys", `{}`, "TypeError",
			"the result is no JSON value: keys must be str, int, float, bool or None, not tuple",
		},
		{
			"contains itself", "circle", `{}`, "ValueError",
			"the result is no JSON value: it is nested too deeply, or contains itself",
		},
		{
			"half a character", "surrogate", `{}`, "ValueError",
			"the result is no JSON value: 'utf-8' codec can't encode character '\\ud800' in position 1: surrogates not allowed",
		},
		{
			"too long", "large", `{}`, "ValueError",
			"the answer is longer than 1 KiB; make it shorter, or raise max_output",
		},
		{
			"nothing yielded", "nothing", `{}`, "ValueError",
			"the tool yielded nothing; the last thing it yields is its result",
		},
		{"coroutine", "fails", `{}`, "KeyError", "'k'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := function(t, f, tt.function).Call(t.Context(), object(t, tt.args))
			e, ok := errors.AsType[*tool.Error](err)
			if !ok || e.Class != tt.class || e.Message != tt.message || e.Tool != tt.function {
				t.Fatalf("%s(%s) = %#v, want %s %q", tt.function, tt.args, err, tt.class, tt.message)
			}
			if strings.Contains(e.Stack, "wayflow host") || !strings.Contains(e.Stack, tt.class) {
				t.Errorf("stack = %s", e.Stack)
			}
		})
	}
	t.Run("ancestors and stack", func(t *testing.T) {
		t.Parallel()
		_, err := function(t, f, "buy").Call(t.Context(), nil)
		e, _ := errors.AsType[*tool.Error](err)
		if diff := cmp.Diff([]string{"OutOfStock", "LookupError", "Exception"}, e.Classes()); diff != "" {
			t.Errorf("Classes() (-want +got):\n%s", diff)
		}
		if !strings.Contains(e.Stack, `tools.py", line 8, in buy`) {
			t.Errorf("stack = %s", e.Stack)
		}
	})
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	path := write(t, `
from __future__ import annotations
from typing import *
from os.path import join
import enum

User = TypedDict("User", {"name": str, "age": int})
UserId = NewType("UserId", int)

def plain(a, b=1): "Does nothing."
def typed(s: str, i: int, f: float, b: bool, n: None, a: Any, l: list, d: dict) -> bool: pass
def generic(l: List[int], d: Dict[str, float], t: Tuple[int, ...], o: Optional[str] = None, q: Sequence[str] = (),
            u: Union[int, List[str]] = 0, x: Literal["a", "b"] = "a", r: list[dict[str, int]] = []) -> List[str]: pass
def described(city: Annotated[str, "where"], days: Annotated[int, "how many"] = 3) -> None:
    """Tells the weather.

    At length.
    """
def classes(u: User, i: UserId, e: enum.Enum, missing: NoSuchType): pass
def wrong_default(a: int = "x", b: object = object()): pass
def open_ended(a, **rest): pass
async def numbers(n: int) -> AsyncGenerator[int, None]: yield 1
def _hidden(): pass
alias = plain
class Thing: pass
class Decorated:  # as wayflowcore's @tool leaves it
    def __init__(self, f): self.func, self.name, self.description = f, "fancy_name", "fancy text"
@Decorated
def fancy(x: int) -> int: return x + 1
class Descriptor:
    def __init__(self, **schema): self.to_json_schema = lambda: schema
class Described(Decorated):
    input_descriptors = [Descriptor(title="x", type="number", default=1.0)]
    output_descriptors = [Descriptor(title="sum", type="number"), Descriptor(title="text", type="string")]
several = Described(lambda x: {"sum": x, "text": str(x)})
several.name = "several"
`)
	f, err := python.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // never fails
	var got []string
	for _, fn := range f.Tools() {
		s := fn.Spec()
		var ports []string
		for _, p := range s.Inputs {
			text := fmt.Sprintf("%s %s", p.Title, p.Type)
			if p.HasDefault {
				text += " = " + p.Default.String()
			}
			if p.Description != "" {
				text += " (" + p.Description + ")"
			}
			ports = append(ports, text)
		}
		text := fmt.Sprintf("%s(%s)", s.Name, strings.Join(ports, ", "))
		for _, p := range s.Outputs {
			text += " " + p.Type.String()
		}
		if s.Untyped {
			text += " untyped"
		}
		got = append(got, text)
	}
	typ := func(schema string) string {
		v, err := value.ParseJSON([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := value.ParseType(v)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.String()
	}
	want := []string{
		"plain(a any, b any = 1) any",
		"typed(s string, i integer, f number, b boolean, n null, a any, l " + typ(`{"type":"array"}`) + ", d " +
			typ(`{"type":"object","additionalProperties":{}}`) + ") boolean",
		"generic(l " + typ(`{"type":"array","items":{"type":"integer"}}`) +
			", d " + typ(`{"type":"object","additionalProperties":{"type":"number"}}`) +
			", t " + typ(`{"type":"array","items":{"type":"integer"}}`) +
			", o " + typ(`{"anyOf":[{"type":"string"},{"type":"null"}]}`) + " = null" +
			", q " + typ(`{"type":"array","items":{"type":"string"}}`) + " = []" +
			", u " + typ(`{"anyOf":[{"type":"integer"},{"type":"array","items":{"type":"string"}}]}`) + " = 0" +
			", x " + typ(`{"type":"string","enum":["a","b"]}`) + ` = "a"` +
			", r " + typ(`{"type":"array","items":{"type":"object","additionalProperties":{"type":"integer"}}}`) + " = []) " +
			typ(`{"type":"array","items":{"type":"string"}}`),
		"described(city string (where), days integer = 3 (how many))",
		"classes(u " + typ(`{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}}}`) +
			", i integer, e any, missing any) any",
		`wrong_default(a any = "x", b any = null) any`,
		"open_ended() untyped",
		"numbers(n integer) integer",
		"alias(a any, b any = 1) any",
		"fancy_name(x integer) integer",
		"several(x number = 1.0) number string",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tools (-want +got):\n%s", diff)
	}
	if d := function(t, f, "described").Spec().Description; d != "Tells the weather.\n\nAt length." {
		t.Errorf("description = %q", d)
	}
	fancy := function(t, f, "fancy") // by what the file calls it
	if v, err := fancy.Call(t.Context(), object(t, `{"x":1}`)); err != nil || v.String() != "2" || fancy.Spec().Description != "fancy text" {
		t.Errorf("fancy(1) = %s, %v", v, err)
	}
	imported := function(t, f, "join")
	if _, err := f.Tool("nothing_like_it"); err == nil || !strings.Contains(err.Error(),
		`there is no function "nothing_like_it"; it has alias, classes, described, fancy_name, `) {
		t.Errorf("Tool of no function: %v", err)
	}
	if name := imported.Named("join_paths").Timeout(time.Second).Spec(); name.Name != "join_paths" || name.Timeout != time.Second {
		t.Errorf("Named, Timeout: %+v", name)
	}
}

func TestOpenFailures(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"syntax", "def f(:\n", `line 1: SyntaxError: invalid syntax`},
		{"exception", "x = 1\n\nraise ValueError('no way')\n", `line 3: ValueError: no way`},
		{"missing module", "import no_such_module\n", `line 1: ModuleNotFoundError: No module named 'no_such_module'`},
		{"exit", "import sys\nsys.exit('bye')\n", `line 2: SystemExit: bye`},
		{
			"sudden end", "import os, sys\nprint('last words', file=sys.stderr, flush=True)\nos._exit(3)\n",
			`python ended while it loaded the file (exit status 3): last words`,
		},
		{"not text", "\xff\xfe\n", `SyntaxError: `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, tt.source)
			_, err := python.Open(t.Context(), path, nil)
			if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("python file %q: ", path)) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open: %v, want %s", err, tt.want)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\n\t") {
				t.Errorf("Open: %v has more than one line", err)
			}
		})
	}
}

func TestOpenFailuresOutside(t *testing.T) {
	t.Parallel()
	path := write(t, "import threading\nthreading.Event().wait()\n")
	dir := filepath.Dir(path)
	tests := []struct {
		name, path string
		opts       python.Options
		want       string
	}{
		{"no file", filepath.Join(dir, "none.py"), python.Options{}, "there is no such file"},
		{"folder", dir, python.Options{}, "this is a folder"},
		{
			"no Python", path,
			python.Options{Interpreter: "no-such-python"},
			"no-such-python was not found; install Python 3.9 or newer, or put its folder into PATH",
		},
		{
			"hangs", path,
			python.Options{Timeout: 500 * time.Millisecond},
			"python did not load it within 500ms; set a longer timeout if it needs one",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := python.Open(t.Context(), tt.path, &tt.opts); err == nil || !strings.HasSuffix(err.Error(), ": "+tt.want) {
				t.Errorf("Open: %v, want %s", err, tt.want)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("never mind")
		cancel(why)
		if _, err := python.Open(ctx, path, nil); !errors.Is(err, why) {
			t.Errorf("Open: %v, want the cause", err)
		}
	})
}

// meeting is a file whose functions wait for one another, so that they only end if they run at the same time.
const meeting = `
import asyncio, threading
n = 64
barrier = threading.Barrier(n)
def meet(i):
    barrier.wait(30)
    return i
arrived, all_there = 0, asyncio.Event()
async def meet_later(i):
    global arrived
    arrived += 1
    if arrived == n:
        all_there.set()
    await asyncio.wait_for(all_there.wait(), 30)
    return i
`

func TestCallsRunAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t, meeting, nil)
	for _, name := range []string{"meet", "meet_later"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn := function(t, f, name)
			var wg sync.WaitGroup
			for i := range 64 {
				wg.Go(func() {
					v, err := fn.Call(t.Context(), value.NewObject(value.Member{Key: "i", Value: value.Int(int64(i))}))
					if n, _ := v.AsInt(); err != nil || n != int64(i) {
						t.Errorf("%s(%d) = %s, %v", name, i, v, err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestCrash(t *testing.T) {
	t.Parallel()
	f := open(t, `
import os, signal, sys, threading
born = os.getpid()
def pid(): return born
def crash():
    print("goodbye", file=sys.stderr, flush=True)
    os._exit(7)
def killed(): os.kill(born, signal.SIGKILL)
inside = threading.Barrier(2)
def waits():
    inside.wait(30)
    threading.Event().wait()
def crash_with_the_other():
    inside.wait(30)
    os._exit(8)
def leaves_a_child_behind():
    if os.fork() == 0:
        threading.Event().wait()
    os._exit(9)
`, nil)
	pid := func() string {
		t.Helper()
		v, err := function(t, f, "pid").Call(t.Context(), nil)
		if err != nil {
			t.Fatalf("a call after a crash: %v", err)
		}
		return v.String()
	}
	check := func(name, how string, err error) {
		t.Helper()
		want := `the python process of "tools.py" ended during the call (` + how + `)`
		if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.ChildProcessError || e.Message != want {
			t.Errorf("%s() = %v, want %s", name, err, want)
		}
	}
	before := pid()
	_, err := function(t, f, "crash").Call(t.Context(), nil)
	check("crash", "exit status 7", err)
	if e, ok := errors.AsType[*tool.Error](err); ok && e.Stack != "goodbye\n" {
		t.Errorf("stack = %q, want what the process said", e.Stack)
	}
	if after := pid(); after == before {
		t.Errorf("the process %s is still there", after)
	}
	_, err = function(t, f, "killed").Call(t.Context(), nil)
	check("killed", "signal: killed", err)

	other := make(chan error, 1)
	go func() {
		_, err := function(t, f, "waits").Call(t.Context(), nil)
		other <- err
	}()
	_, err = function(t, f, "crash_with_the_other").Call(t.Context(), nil)
	check("crash_with_the_other", "exit status 8", err)
	check("waits", "exit status 8", <-other)

	_, err = function(t, f, "leaves_a_child_behind").Call(t.Context(), nil)
	check("leaves_a_child_behind", "exit status 9", err)
	pid()
}

func TestRestartOfAChangedFile(t *testing.T) {
	t.Parallel()
	path := write(t, "import os\ndef f(): os._exit(1)\ndef g(): return 1\n")
	f, err := python.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // never fails
	crash := func() {
		if _, err := function(t, f, "f").Call(t.Context(), nil); err == nil {
			t.Error("no crash")
		}
	}
	crash()
	if err := os.WriteFile(path, []byte("import os\ndef f(): os._exit(1)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = function(t, f, "g").Call(t.Context(), nil)
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Message != "the file does not have this function any more" {
		t.Errorf("g() after it is gone: %v", err)
	}
	crash()
	if err := os.WriteFile(path, []byte("def f(:"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = function(t, f, "f").Call(t.Context(), nil)
	want := fmt.Sprintf("restart of python file %q: line 1: SyntaxError: invalid syntax", path)
	if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.ChildProcessError || e.Message != want {
		t.Errorf("f() of a broken file: %v, want %s", err, want)
	}
}

// stuck is a file with functions that say when they run, through a file that the test reads, and wait for ever.
const stuck = `
import asyncio, threading
began, ended = threading.Event(), threading.Event()
def hang():
    began.set()
    threading.Event().wait()
async def hang_later():
    began.set()
    try:
        await asyncio.Event().wait()
    finally:
        ended.set()
def has_begun(): return began.wait(30)
def has_ended(): return ended.wait(30)
def works(): return 1
`

func TestCancel(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"hang", "hang_later"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t, stuck, nil)
			ctx, cancel := context.WithCancelCause(t.Context())
			result := make(chan error, 1)
			go func() {
				_, err := function(t, f, name).Call(ctx, nil)
				result <- err
			}()
			expectTrue(t, f, "has_begun")
			why := errors.New("the user gave up")
			cancel(why)
			if err := <-result; !errors.Is(err, why) {
				t.Errorf("%s() = %v, want the cause", name, err)
			}
			if name == "hang_later" {
				expectTrue(t, f, "has_ended")
			}
			if _, err := function(t, f, name).Call(ctx, nil); !errors.Is(err, why) {
				t.Errorf("%s() when already cancelled = %v, want the cause", name, err)
			}
		})
	}
}

func expectTrue(t *testing.T, f *python.File, name string) {
	t.Helper()
	if v, err := function(t, f, name).Call(t.Context(), nil); err != nil || v.String() != "true" {
		t.Fatalf("%s() = %s, %v", name, v, err)
	}
}

func TestHangingCallsDoNotUseUpTheThreads(t *testing.T) {
	t.Parallel()
	f := open(t, stuck, &python.Options{Threads: 2})
	hang := function(t, f, "hang").Timeout(50 * time.Millisecond)
	for range 5 {
		_, err := hang.Call(t.Context(), nil)
		if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.TimeoutError {
			t.Fatalf("hang() = %v, want a TimeoutError", err)
		}
	}
	if v, err := function(t, f, "works").Call(t.Context(), nil); err != nil || v.String() != "1" {
		t.Errorf("works() = %s, %v", v, err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	f := open(t, stuck, nil)
	result := make(chan error, 1)
	go func() {
		_, err := function(t, f, "hang").Call(t.Context(), nil)
		result <- err
	}()
	expectTrue(t, f, "has_begun")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := <-result; err == nil {
		t.Error("a call that was running when the file was closed: no error")
	}
	if _, err := function(t, f, "works").Call(t.Context(), nil); !errors.Is(err, python.ErrClosed) {
		t.Errorf("a call of a closed file: %v, want ErrClosed", err)
	}
}

func TestCloseLetsTheFileTidyUp(t *testing.T) {
	t.Parallel()
	path := write(t, `
import atexit, os
@atexit.register
def tidy(): open(os.path.join(os.path.dirname(__file__), "tidied"), "w").close()
`)
	f, err := python.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "tidied")); err != nil {
		t.Error(err)
	}
}

func TestIdempotencyKeyAndStderr(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer
	f := open(t, `
from wayflow_tool import idempotency_key
def key():
    print("plain:", idempotency_key())
    return idempotency_key()
async def key_later(): return idempotency_key()
`, &python.Options{Stderr: &printed})
	for _, name := range []string{"key", "key_later"} {
		for _, key := range []string{"a\tb\n", ""} {
			v, err := function(t, f, name).Call(tool.WithIdempotencyKey(t.Context(), key), nil)
			if err != nil || v.Str() != key {
				t.Errorf("%s() = %s, %v, want %q", name, v, err, key)
			}
		}
	}
	if err := f.Close(); err != nil { // now everything has been written
		t.Fatal(err)
	}
	if want := "plain: a\tb\n\nplain: \n"; printed.String() != want {
		t.Errorf("printed %q, want %q", printed.String(), want)
	}
}

const benchmarked = `
async def echo_later(v): return v
def echo(v): return v
`

func BenchmarkCall(b *testing.B) {
	f := open(b, benchmarked, nil)
	args := object(b, `{"v":{"name":"bob","tags":["a","b"],"age":42}}`)
	for _, name := range []string{"echo", "echo_later"} {
		b.Run(name, func(b *testing.B) {
			fn := function(b, f, name)
			for b.Loop() {
				if _, err := fn.Call(b.Context(), args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCall64 makes 64 calls at once; a turn of the loop is one call.
func BenchmarkCall64(b *testing.B) {
	f := open(b, benchmarked, nil)
	args := object(b, `{"v":{"name":"bob","tags":["a","b"],"age":42}}`)
	for _, name := range []string{"echo", "echo_later"} {
		b.Run(name, func(b *testing.B) {
			fn := function(b, f, name)
			b.SetParallelism(32) // times two processors
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := fn.Call(b.Context(), args); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	path := write(b, benchmarked)
	for b.Loop() {
		f, err := python.Open(b.Context(), path, nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
