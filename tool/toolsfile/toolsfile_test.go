package toolsfile_test

import (
	"bytes"
	"errors"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/tool/python"
	"github.com/wayflow-go/wayflow/tool/toolsfile"
	"github.com/wayflow-go/wayflow/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder writes files into a folder of their own.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func needPython(t testing.TB) {
	t.Helper()
	if _, err := osexec.LookPath(python.DefaultInterpreter); err != nil {
		t.Skipf("this test needs Python: %v", err)
	}
}

func load(t testing.TB, path string, opts *toolsfile.Options) *toolsfile.Set {
	t.Helper()
	set, err := toolsfile.Load(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	})
	return set
}

func call(t testing.TB, set *toolsfile.Set, name string) string {
	t.Helper()
	f, ok := set.Tool(name)
	if !ok {
		t.Fatalf("there is no tool %q", name)
	}
	if f.Spec().Name != name {
		t.Errorf("the tool %q calls itself %q", name, f.Spec().Name)
	}
	v, err := f.Call(t.Context(), value.NewObject(value.Member{Key: "x", Value: value.Int(4)}))
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return v.String()
}

func TestLoad(t *testing.T) {
	t.Parallel()
	needPython(t)
	dir := folder(t, map[string]string{
		"tools.yaml": `
python: tools.py
timeout: 1m
tools:
  cat: {exec: [cat], max_output: 32MiB}
  shell: &shell {exec: [sh, -c, 'printf "[\"%s\",\"%s\"]" "$0" "$1"', 10, ''], timeout: 90s}
  again: *shell
  local: {exec: [./script.sh]}
  double: {exec: [echo, 8]}
  other: {python: other.py, function: f}
  triple: {python: other.py, timeout: 5s}
`,
		"tools.py":  "def double(x): return x * 2\ndef square(x):\n    print('squared')\n    return x * x\n",
		"other.py":  "import os\ndef f(x): return os.getpid()\ndef triple(x): return [x * 3, os.getpid() == f(x)]\n",
		"script.sh": "#!/bin/sh\npwd | sed 's/.*/\"&\"/'\n",
	})
	var printed bytes.Buffer
	set := load(t, filepath.Join(dir, "tools.yaml"), &toolsfile.Options{Stderr: &printed})
	want := []string{"double", "square", "cat", "shell", "again", "local", "other", "triple"}
	if diff := cmp.Diff(want, set.Names()); diff != "" {
		t.Errorf("Names() (-want +got):\n%s", diff)
	}
	var all []string
	for f := range set.All() {
		all = append(all, f.Spec().Name)
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("All() (-want +got):\n%s", diff)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"double": "8", "square": "16", "cat": `{"x":4}`, "shell": `["10",""]`, "again": `["10",""]`,
		"local": `"` + real + `"`, "triple": "[12,true]",
	} {
		if got := call(t, set, name); got != want {
			t.Errorf("%s gives %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]time.Duration{"cat": time.Minute, "shell": 90 * time.Second, "square": time.Minute, "triple": 5 * time.Second} {
		f, _ := set.Tool(name)
		if got := f.Spec().Timeout; got != want {
			t.Errorf("timeout of %s = %s, want %s", name, got, want)
		}
	}
	if err := set.Close(); err != nil {
		t.Fatal(err)
	}
	if printed.String() != "squared\n" {
		t.Errorf("printed %q", printed.String())
	}
}

func TestLoadJSON(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"tools.json": "{\n\t\"tools\": {\n\t\t\"one\": {\"exec\": [\"echo\", \"1\"]}\n\t}\n}\n"})
	if got := call(t, load(t, filepath.Join(dir, "tools.json"), nil), "one"); got != "1" {
		t.Errorf("one gives %s", got)
	}
}

func TestLoadFailures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{": it is empty; it needs a key python or tools"}},
		{"only a comment", "# nothing\n", []string{": it is empty; it needs a key python or tools"}},
		{"repeat", "tools: {x: {exec: [sh], repeat: never}}", []string{`:1:33: repeat: expected ask, found "never"`}},
		{"a text", "hello", []string{`:1:1: the file: expected a mapping with the keys python, tools, timeout, max_output, found "hello"`}},
		{"not YAML", "tools: [", []string{"it is not valid YAML: "}},
		{"two documents", "tools: {}\n---\ntools: {}\n", []string{":2:1: a second document begins here; a tools file has one"}},
		{"too deep", "tools: " + strings.Repeat("[", 100), []string{"it is nested more than 32 levels deep"}},
		{"unknown key", "tool: {}\n", []string{
			`:1:1: the file: unknown key "tool"; the keys here are python, tools, timeout, max_output`,
		}},
		{"tools as a list", "tools:\n- exec: [cat]\n", []string{`:2:1: tools: expected a mapping, found a list`}},
		{"repeated name", "tools:\n  a: {exec: [cat]}\n  a: {exec: [cat]}\n", []string{`:3:3: tools: the key "a" is repeated`}},
		{"repeated key", "tools:\n  a: {exec: [cat], exec: [cat]}\n", []string{`:2:20: tool "a": the key "exec" is repeated`}},
		{"no name", "tools:\n  '': {exec: [cat]}\n", []string{`:2:3: a tool needs a name`}},
		{"name of another kind", "tools:\n  [a]: {exec: [cat]}\n", []string{`:2:3: tools: a key must be a text, not a list`}},
		{"command alone", "tools:\n  a: cat\n", []string{
			`:2:6: tool "a": expected a mapping such as {exec: [program, argument]}, found "cat"`,
		}},
		{"nothing", "tools:\n  a:\n", []string{
			`tool "a": expected a mapping such as {exec: [program, argument]}, found nothing`,
		}},
		{"no kind", "tools:\n  a: {timeout: 1s}\n", []string{
			`:2:6: tool "a": say what it is by exactly one of the keys exec, python`,
		}},
		{"two kinds", "tools:\n  a: {exec: [cat], python: f.py}\n", []string{
			`:2:6: tool "a": say what it is by exactly one of the keys exec, python`,
		}},
		{"key of another kind", "tools:\n  a: {exec: [cat], function: f}\n", []string{
			`:2:20: tool "a": unknown key "function"; the keys here are exec, timeout, max_output`,
		}},
		{"command as a text", "tools:\n  a: {exec: cat file}\n", []string{
			`:2:13: expected a list: the program and its arguments, such as [python3, tools.py]; found "cat file"`,
		}},
		{"empty command", "tools:\n  a: {exec: []}\n", []string{
			`:2:13: expected a list: the program and its arguments, such as [python3, tools.py]; found a list`,
		}},
		{"null in a command", "tools:\n  a: {exec: [cat, null]}\n", []string{`:2:19: expected a text, found nothing`}},
		{"list in a command", "tools:\n  a: {exec: [cat, [x]]}\n", []string{`:2:19: expected a text, found a list`}},
		{"program not found", "tools:\n  a: {exec: [no-such-program]}\n", []string{
			`:2:13: tool "a": program "no-such-program": not found in PATH; install it or give its path`,
		}},
		{"time without a unit", "timeout: 30\n", []string{
			`:1:10: timeout: expected a length of time with its unit, such as 30s or 5m, found "30"`,
		}},
		{"negative time", "timeout: -1s\n", []string{`found "-1s"`}},
		{"size", "max_output: 1e3\n", []string{
			`:1:13: max_output: expected a number of bytes up to 1GiB, such as 4096 or 32MiB, found "1e3"`,
		}},
		{"huge size", "max_output: 9000000000GiB\n", []string{`found "9000000000GiB"`}},
		{"negative size", "max_output: -1\n", []string{`found "-1"`}},
		{"Python file of another kind", "python: [a.py]\n", []string{`:1:9: expected the path of a Python file, found a list`}},
		{"no Python file", "python: none.py\n", []string{`none.py": there is no such file`}},
		{"several at once, in order", "tools:\n  a: {exec: 1}\n  b: {exec: [no-such-program]}\nx: 1\n", []string{
			":2:13: expected a list", `:3:13: tool "b": program`, `:4:1: the file: unknown key "x"`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(folder(t, map[string]string{"tools.yaml": tt.text}), "tools.yaml")
			_, err := toolsfile.Load(t.Context(), path, nil)
			if err == nil {
				t.Fatal("Load: no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("Load: %v, want %d errors", err, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(lines[i], path) || !strings.Contains(lines[i], want) {
					t.Errorf("Load: %s, want %s", lines[i], want)
				}
			}
			if _, ok := errors.AsType[*toolsfile.Error](err); !ok {
				t.Errorf("Load: %v is no *Error", err)
			}
		})
	}
}

func TestLoadPythonFailures(t *testing.T) {
	t.Parallel()
	needPython(t)
	dir := folder(t, map[string]string{
		"broken.yaml":   "python: broken.py\ntools:\n  a: {python: broken.py}\n  b: {exec: [no-such-program]}\n",
		"broken.py":     "def f(:\n",
		"function.yaml": "tools:\n  a: {python: good.py, function: g}\n  b: {python: good.py}\n",
		"good.py":       "def f(): pass\n",
		"none.yaml":     "python: none.py\n",
		"none.py":       "def _f(): pass\n",
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	tests := []struct{ file, want string }{
		{"broken.yaml", in("broken.yaml") + `:1:9: python file "` + in("broken.py") + "\": line 1: SyntaxError: invalid syntax\n" +
			in("broken.yaml") + `:4:13: tool "b": program "no-such-program": not found in PATH; install it or give its path`},
		{"function.yaml", in("function.yaml") + `:2:34: tool "a": python file "` + in("good.py") + `": there is no function "g"; it has f` +
			"\n" + in("function.yaml") + `:3:15: tool "b": python file "` + in("good.py") + `": there is no function "b"; it has f`},
		{"none.yaml", in("none.yaml") + `:1:9: python file "none.py": it defines no function whose name does not begin with an underscore`},
		{"missing.yaml", in("missing.yaml") + ": there is no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			_, err := toolsfile.Load(t.Context(), in(tt.file), nil)
			if err == nil {
				t.Fatal("Load: no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("Load (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := toolsfile.Load(t.Context(), dir, nil); err == nil {
		t.Error("Load of a folder: no error")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("tools: {a: {exec: [no-such-program, 1], timeout: 1s, max_output: 1KiB}}")
	f.Add("timeout: 1s\nmax_output: 12\ntools: &a {b: *a}")
	f.Add("{\"tools\": {\"<<\": null, a: {exec: []}}}")
	f.Add("tools: {a: {exec: [[]]}, [b]: {}, c: ~, a: {}}")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "exec") && strings.Contains(text, "/") {
			t.Skip("it might find a program")
		}
		path := filepath.Join(dir, "tools.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := toolsfile.Load(t.Context(), path, &toolsfile.Options{Interpreter: "no-such-python"})
		if err == nil {
			if err := set.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestToolsOfMCPServersAreBound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tools.yaml")
	text := "tools:\n  find: {mcp: \"https://example.com/mcp\", tool: search}\n  add: {mcp: [node, notes.js]}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := toolsfile.Load(t.Context(), path, nil) // no server is asked
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	if bound, ok := set.Tool("find"); !ok || bound.Spec().Name != "find" || !bound.Spec().Untyped {
		t.Errorf("find is bound to %+v", bound)
	}
	text = "tools:\n  a: {mcp: \"example.com\"}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := toolsfile.Load(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), "https://example.com/mcp") {
		t.Errorf("got %v, want a URL to be asked for", err)
	}
}
