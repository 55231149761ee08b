package toolsfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/exec"
	"github.com/wayflow-go/wayflow/tool/mcp"
	"github.com/wayflow-go/wayflow/tool/python"
)

// Options say how the tools of a file are run. The zero value is useful.
type Options struct {
	// Interpreter runs Python files. Default: [python.DefaultInterpreter].
	Interpreter string
	// Stderr gets what Python functions print. Default: it is dropped.
	Stderr io.Writer
}

// Error is one thing that is wrong with a tools file.
type Error struct {
	File         string
	Line, Column int // counted from 1; 0 where the file as a whole is meant
	Err          error
}

// Error returns "file:line:column: what".
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Set is the tools of a file. Close it when done.
type Set struct {
	tools   map[string]tool.Tool
	names   []string // in the order of the file
	closers []io.Closer
}

// Load reads a tools file and binds its tools. What is wrong with it is returned joined, each an [*Error], in the order
// of the file. The context bounds Load alone.
func Load(ctx context.Context, path string, opts *Options) (*Set, error) {
	text, err := read(path)
	if err != nil {
		return nil, &Error{File: path, Err: err}
	}
	l := &loader{
		ctx: ctx, file: path, dir: filepath.Dir(path), opened: map[string]opened{},
		set:     &Set{tools: map[string]tool.Tool{}},
		timeout: tool.DefaultTimeout, maxOutput: exec.DefaultMaxOutput,
	}
	if opts != nil {
		l.opts = *opts
	}
	if root, err := parse(path, text); err != nil {
		l.errs = append(l.errs, err)
	} else {
		l.load(root)
	}
	if len(l.errs) > 0 {
		return nil, errors.Join(l.failure(), l.set.Close())
	}
	return l.set, nil
}

// maxSize bounds the length of a tools file in bytes.
const maxSize = 4 << 20

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errors.New("there is no such file")
	case err != nil:
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if len(text) > maxSize {
		err = errors.New("a tools file must not be longer than 4 MiB")
	}
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		err = pe.Err // the path is known
	}
	return text, err
}

// Tool returns the tool of a name.
func (s *Set) Tool(name string) (tool.Tool, bool) {
	t, ok := s.tools[name]
	return t, ok
}

// Names returns the names of the tools, in the order of the file.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// All yields the tools in the order of the file. It may be ranged over more than once.
func (s *Set) All() iter.Seq[tool.Tool] {
	return func(yield func(tool.Tool) bool) {
		for _, name := range s.names {
			if !yield(s.tools[name]) {
				return
			}
		}
	}
}

// Close ends the processes that serve tools, and returns when they are gone. Calls that are still running fail. It may be
// called again.
func (s *Set) Close() error {
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// add enters a tool under its name.
func (s *Set) add(name string, t tool.Tool) {
	if _, known := s.tools[name]; !known {
		s.names = append(s.names, name)
	}
	s.tools[name] = t
}

// loader turns the text of a file into a set.
type loader struct {
	ctx  context.Context // of the one call of Load
	file string
	dir  string
	opts Options
	set  *Set
	errs []*Error

	timeout   time.Duration
	maxOutput int
	opened    map[string]opened // Python files, by path
	// servers is the client of all MCP servers, nil until one is named; transports are the ways to them.
	servers    *mcp.Client
	transports map[string]spec.ClientTransport
}

// opened is a Python file, or why it could not be opened.
type opened struct {
	file *python.File
	err  error
}

// failure returns everything that is wrong, in the order of the file.
func (l *loader) failure() error {
	slices.SortStableFunc(l.errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	errs := make([]error, len(l.errs))
	for i, e := range l.errs {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// load reads the top level of the file.
func (l *loader) load(root node) {
	top, ok := l.mapping(root, "the file", "python", "tools", "timeout", "max_output")
	if !ok {
		return
	}
	l.timeout = l.duration(top, "timeout", l.timeout)
	l.maxOutput = l.size(top, "max_output", l.maxOutput)
	if n, ok := top["python"]; ok {
		l.functions(n)
	}
	if n, ok := top["tools"]; ok {
		for _, e := range l.entries(n, "tools") {
			l.entry(e)
		}
	}
}

// entry binds one tool.
func (l *loader) entry(e entry) {
	if e.key == "" {
		l.fail(e.keyNode, "a tool needs a name")
		return
	}
	var named []kind
	for _, k := range kinds {
		if _, ok := e.value.find(k.key); ok {
			named = append(named, k)
		}
	}
	switch {
	case !e.value.isMapping():
		l.fail(e.value, "tool %q: expected a mapping such as {exec: [program, argument]}, found %s", e.key, e.value.describe())
		return
	case len(named) != 1:
		l.fail(e.value, "tool %q: say what it is by exactly one of the keys %s", e.key, kindKeys())
		return
	}
	k := named[0]
	fields, ok := l.mapping(e.value, fmt.Sprintf("tool %q", e.key), append([]string{k.key}, append(k.keys[:len(k.keys):len(k.keys)], "repeat")...)...)
	if !ok {
		return
	}
	t := k.bind(l, e.key, fields)
	if repeat, ok := fields["repeat"]; ok {
		if repeat.yaml.Value != "ask" {
			l.fail(repeat, "repeat: expected ask, found %s", repeat.describe())
		}
		if t != nil {
			t = tool.AskToRepeat(t)
		}
	}
	if t != nil {
		l.set.add(e.key, t)
	}
}
