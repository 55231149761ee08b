package spec

import (
	"strconv"

	"github.com/wayflow-go/wayflow/value"
)

// treeOfValue returns a value as a tree, for fields whose values do not stand in the document. What is found in it is
// reported at a place of the document outer.
func treeOfValue(v value.Value, outer *tree, pos uint32) *tree {
	b := &treeBuilder{tree: &tree{file: outer.file, outer: outer, outerPos: pos, version: outer.version}}
	b.push(b.ofValue(v))
	return b.finish()
}

func (b *treeBuilder) ofValue(v value.Value) node {
	switch v.Kind() {
	case value.KindNull:
		return node{}
	case value.KindBool:
		yes, _ := v.AsBool()
		return node{kind: boolNode, text: strconv.FormatBool(yes)}
	case value.KindInt:
		i, _ := v.AsBigInt()
		return node{kind: intNode, text: i.String()}
	case value.KindFloat:
		f, _ := v.AsFloat()
		return node{kind: floatNode, text: strconv.FormatFloat(f, 'g', -1, 64)}
	case value.KindString:
		return node{kind: stringNode, text: v.Str()}
	case value.KindList:
		mark := len(b.stack)
		items, _ := v.AsList()
		for _, item := range items {
			b.push(b.ofValue(item))
		}
		return b.close(listNode, 0, mark)
	default:
		mark := len(b.stack)
		o, _ := v.AsObject()
		for key, member := range o.All() {
			n := b.ofValue(member)
			n.key, n.keyKind = key, stringNode
			b.push(n)
		}
		return b.close(objectNode, 0, mark)
	}
}
