package toolsfile

import (
	"path/filepath"
	"strings"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/exec"
	"github.com/wayflow-go/wayflow/tool/python"
)

// kind is a kind of tool.
type kind struct {
	// key is what a tool of this kind is known by.
	key string
	// keys are the others that it may have.
	keys []string
	// bind returns the tool, or nil after it has reported what is wrong.
	bind func(l *loader, name string, fields map[string]node) tool.Tool
}

var kinds = []kind{
	{"exec", []string{"timeout", "max_output"}, (*loader).bindExec},
	{"python", []string{"function", "timeout"}, (*loader).bindPython},
	{"mcp", []string{"tool"}, (*loader).bindMCP},
}

func kindKeys() string {
	var keys []string
	for _, k := range kinds {
		keys = append(keys, k.key)
	}
	return strings.Join(keys, ", ")
}

func (l *loader) bindExec(name string, fields map[string]node) tool.Tool {
	command, ok := l.texts(fields["exec"], `the program and its arguments, such as [python3, tools.py]`)
	timeout := l.duration(fields, "timeout", l.timeout)
	maxOutput := l.size(fields, "max_output", l.maxOutput)
	if !ok {
		return nil
	}
	t, err := exec.New(name, command, &exec.Options{Dir: l.dir, Timeout: timeout, MaxOutput: maxOutput})
	if err != nil {
		l.fail(fields["exec"], "%w", err)
		return nil
	}
	return t
}

func (l *loader) bindPython(name string, fields map[string]node) tool.Tool {
	function := name
	named := fields["python"]
	if n, ok := fields["function"]; ok {
		if function, ok = l.text(n, "the name of a function"); !ok {
			return nil
		}
		named = n
	}
	timeout := l.duration(fields, "timeout", l.timeout)
	file := l.pythonFile(fields["python"])
	if file == nil {
		return nil
	}
	t, err := file.Tool(function)
	if err != nil {
		l.fail(named, "tool %q: %w", name, err)
		return nil
	}
	return t.Named(name).Timeout(timeout)
}

// functions makes a tool of each function of a Python file.
func (l *loader) functions(n node) {
	file := l.pythonFile(n)
	if file == nil {
		return
	}
	tools := file.Tools()
	if len(tools) == 0 {
		l.fail(n, "python file %q: it defines no function whose name does not begin with an underscore", n.yaml.Value)
	}
	for _, t := range tools {
		l.set.add(t.Spec().Name, t)
	}
}

// pythonFile opens a Python file, once however often it is named. It returns nil after it has reported what is wrong.
func (l *loader) pythonFile(n node) *python.File {
	name, ok := l.text(n, "the path of a Python file")
	if !ok {
		return nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.dir, path)
	}
	o, known := l.opened[path]
	if !known {
		o.file, o.err = python.Open(l.ctx, path, &python.Options{
			Interpreter: l.opts.Interpreter, Stderr: l.opts.Stderr,
			Dir: l.dir, Timeout: l.timeout, MaxOutput: l.maxOutput,
		})
		l.opened[path] = o
		if o.err != nil {
			l.fail(n, "%w", o.err) // once
		} else {
			l.set.closers = append(l.set.closers, o.file)
		}
	}
	return o.file
}
