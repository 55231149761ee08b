package replay

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/wayflow-go/wayflow/value"
)

// head is what a file begins with.
const head = "# A recording of WayFlow: what was asked, and what the answer was. Made by --record or WAYFLOW_RECORD=1.\n"

// write writes entries as a list in YAML, in which long texts are blocks.
func write(entries []*entry) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, e := range entries {
		root.Content = append(root.Content, nodeOf(value.Obj(
			value.Member{Key: "node", Value: value.String(strings.Join(e.path, " > "))},
			value.Member{Key: "id", Value: value.String(e.id)},
			value.Member{Key: "request", Value: e.request},
			value.Member{Key: "answer", Value: e.result},
		)))
	}
	data, err := yaml.Dump(root)
	return append([]byte(head), data...), err
}

func nodeOf(v value.Value) *yaml.Node {
	if s, ok := v.AsString(); ok {
		return textNode(s)
	}
	if items, ok := v.AsList(); ok {
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range items {
			n.Content = append(n.Content, nodeOf(item))
		}
		return n
	}
	if o, ok := v.AsObject(); ok {
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for k, member := range o.All() {
			n.Content = append(n.Content, textNode(k), nodeOf(member))
		}
		return n
	}
	tag := map[value.Kind]string{value.KindNull: "!!null", value.KindBool: "!!bool", value.KindInt: "!!int", value.KindFloat: "!!float"}[v.Kind()]
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: string(value.AppendJSON(nil, v))}
}

// textNode writes a text as a block if it has lines and nothing that a block would lose, else in quotes or plainly.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	odd := strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) })
	switch {
	case odd || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") || strings.Contains(s, " \n"):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
	}
	return n
}

var errForm = errors.New("it is not a list of node, id, request and answer")

// parse reads what write wrote.
func parse(data []byte) ([]*entry, error) {
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, fmt.Errorf("it is not valid YAML: %w", err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, errForm
	}
	root, err := valueOf(doc.Content[0])
	if err != nil {
		return nil, err
	}
	items, ok := root.AsList()
	if !ok {
		return nil, errForm
	}
	entries := make([]*entry, len(items))
	for i, item := range items {
		o, _ := item.AsObject()
		node, _ := o.Get("node")
		id, _ := o.Get("id")
		request, asked := o.Get("request")
		answer, answered := o.Get("answer")
		if !asked || !answered || node.Kind() != value.KindString || id.Kind() != value.KindString {
			return nil, errForm
		}
		entries[i] = &entry{id: id.Str(), path: strings.Split(node.Str(), " > "), request: request, result: answer}
	}
	return entries, nil
}

func valueOf(n *yaml.Node) (value.Value, error) {
	switch n.Kind {
	case yaml.SequenceNode:
		items := make([]value.Value, len(n.Content))
		for i, c := range n.Content {
			v, err := valueOf(c)
			if err != nil {
				return v, err
			}
			items[i] = v
		}
		return value.List(items...), nil
	case yaml.MappingNode:
		var b value.ObjectBuilder
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := valueOf(n.Content[i+1])
			if err != nil {
				return v, err
			}
			b.Set(n.Content[i].Value, v)
		}
		return b.Value(), nil
	case yaml.ScalarNode:
		if n.ShortTag() == "!!str" {
			return value.String(n.Value), nil
		}
		return value.ParseJSON([]byte(n.Value))
	}
	return value.Null, fmt.Errorf("line %d: a recording has no anchors or aliases", n.Line)
}
