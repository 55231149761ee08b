package toolsfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// maxDepth bounds how deep a tools file nests. A right one has no more than four levels.
const maxDepth = 32

var errTooDeep = fmt.Errorf("it is nested more than %d levels deep", maxDepth)

// node is a part of the file. It is never an alias.
type node struct{ yaml *yaml.Node }

// entry is an entry of a mapping.
type entry struct {
	key     string
	keyNode node
	value   node
}

// parse reads the only document of the text.
func parse(file string, text []byte) (node, *Error) {
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthFunc(
		func(depth int, _ *loaderlimits.DepthContext) error {
			if depth > maxDepth {
				return errTooDeep
			}
			return nil
		}))))
	if err != nil {
		return node{}, &Error{File: file, Err: err}
	}
	var doc, next yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		return node{}, &Error{File: file, Err: errors.New("it is empty; it needs a key python or tools")}
	case err != nil:
		return node{}, syntaxError(file, err)
	case len(doc.Content) != 1:
		return node{}, &Error{File: file, Err: errors.New("it is empty; it needs a key python or tools")}
	}
	switch err := loader.Load(&next); {
	case err == nil:
		return node{}, &Error{File: file, Line: next.Line, Column: next.Column, Err: errors.New("a second document begins here; a tools file has one")}
	case !errors.Is(err, io.EOF):
		return node{}, syntaxError(file, err)
	}
	return resolve(doc.Content[0]), nil
}

func syntaxError(file string, err error) *Error {
	e := &Error{File: file, Err: fmt.Errorf("it is not valid YAML: %w", err)}
	if load, ok := errors.AsType[*yaml.LoadError](err); ok {
		e.Line, e.Column = load.Mark.Line, load.Mark.Column
		e.Err = fmt.Errorf("it is not valid YAML: %s", load.Message)
	}
	if errors.Is(err, errTooDeep) {
		e.Err = errTooDeep
	}
	return e
}

// resolve follows an alias. An alias never leads to another one.
func resolve(n *yaml.Node) node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return node{n}
}

func (n node) isMapping() bool { return n.yaml.Kind == yaml.MappingNode }

// find returns the value of a key of a mapping.
func (n node) find(key string) (node, bool) {
	if !n.isMapping() {
		return node{}, false
	}
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		if n.yaml.Content[i].Value == key {
			return resolve(n.yaml.Content[i+1]), true
		}
	}
	return node{}, false
}

// describe names what the node is, for people.
func (n node) describe() string {
	switch n.yaml.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.yaml.ShortTag() == "!!null" {
		return "nothing"
	}
	return strconv.Quote(n.yaml.Value)
}

// fail reports what is wrong at a node.
func (l *loader) fail(n node, format string, args ...any) {
	l.errs = append(l.errs, &Error{File: l.file, Line: n.yaml.Line, Column: n.yaml.Column, Err: fmt.Errorf(format, args...)})
}

// entries returns the entries of a mapping. It reports anything else, and keys that are repeated.
func (l *loader) entries(n node, what string) []entry {
	if !n.isMapping() {
		l.fail(n, "%s: expected a mapping, found %s", what, n.describe())
		return nil
	}
	var entries []entry
	for i := 0; i+1 < len(n.yaml.Content); i += 2 {
		key := resolve(n.yaml.Content[i])
		switch {
		case key.yaml.Kind != yaml.ScalarNode:
			l.fail(key, "%s: a key must be a text, not %s", what, key.describe())
		case slices.ContainsFunc(entries, func(e entry) bool { return e.key == key.yaml.Value }):
			l.fail(key, "%s: the key %q is repeated", what, key.yaml.Value)
		default:
			entries = append(entries, entry{key.yaml.Value, key, resolve(n.yaml.Content[i+1])})
		}
	}
	return entries
}

// mapping returns the values of a mapping with certain keys, and reports any others.
func (l *loader) mapping(n node, what string, keys ...string) (fields map[string]node, ok bool) {
	if !n.isMapping() {
		l.fail(n, "%s: expected a mapping with the keys %s, found %s", what, strings.Join(keys, ", "), n.describe())
		return nil, false
	}
	fields = map[string]node{}
	for _, e := range l.entries(n, what) {
		if !slices.Contains(keys, e.key) {
			l.fail(e.keyNode, "%s: unknown key %q; the keys here are %s", what, e.key, strings.Join(keys, ", "))
			continue
		}
		fields[e.key] = e.value
	}
	return fields, true
}

// text returns what a text says, or a number or boolean as it was written.
func (l *loader) text(n node, want string) (string, bool) {
	if n.yaml.Kind != yaml.ScalarNode || n.yaml.ShortTag() == "!!null" || n.yaml.Value == "" {
		l.fail(n, "expected %s, found %s", want, n.describe())
		return "", false
	}
	return n.yaml.Value, true
}

// texts returns the items of a list of texts, of which the first must not be empty.
func (l *loader) texts(n node, want string) (items []string, ok bool) {
	if n.yaml.Kind != yaml.SequenceNode || len(n.yaml.Content) == 0 {
		l.fail(n, "expected a list: %s; found %s", want, n.describe())
		return nil, false
	}
	for i, item := range n.yaml.Content {
		item := resolve(item)
		if i > 0 && item.yaml.Kind == yaml.ScalarNode && item.yaml.ShortTag() == "!!str" {
			items = append(items, item.yaml.Value) // may be empty
			continue
		}
		text, ok := l.text(item, "a text")
		if !ok {
			return nil, false
		}
		items = append(items, text)
	}
	return items, true
}

// duration returns the length of time under a key, or the default if there is none.
func (l *loader) duration(fields map[string]node, key string, def time.Duration) time.Duration {
	n, ok := fields[key]
	if !ok {
		return def
	}
	d, err := time.ParseDuration(n.yaml.Value)
	if n.yaml.Kind != yaml.ScalarNode || err != nil || d <= 0 {
		l.fail(n, "%s: expected a length of time with its unit, such as 30s or 5m, found %s", key, n.describe())
		return def
	}
	return d
}

// units are the units of sizes.
var units = []struct {
	name  string
	bytes int
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"", 1}}

// maxOutput bounds max_output itself.
const maxOutput = 1 << 30

// size returns the number of bytes under a key, or the default if there is none.
func (l *loader) size(fields map[string]node, key string, def int) int {
	n, ok := fields[key]
	if !ok {
		return def
	}
	if n.yaml.Kind == yaml.ScalarNode {
		for _, u := range units {
			if digits, ok := strings.CutSuffix(n.yaml.Value, u.name); ok {
				count, err := strconv.Atoi(strings.TrimSpace(digits))
				if err == nil && count > 0 && count <= maxOutput/u.bytes {
					return count * u.bytes
				}
				break
			}
		}
	}
	l.fail(n, "%s: expected a number of bytes up to 1GiB, such as 4096 or 32MiB, found %s", key, n.describe())
	return def
}
