package spec

import (
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/value"
)

// MaxDepth bounds how deep a document may nest, and how deep its components may lie inside each other through
// references. Hostile documents must not exhaust the stack.
const MaxDepth = 1000

// tree is the text of a document as a tree of nodes, the same for JSON and YAML. It never changes once it is read.
//
// All nodes lie in one slice, the children of each beside one another, so that a document costs few allocations; their
// texts are parts of the document's text.
type tree struct {
	file    string
	text    string
	version Version
	nodes   []node
	root    *node
	// definitions are the objects that have a key $referenced_components.
	definitions []definitions
	// yaml says that lines end as YAML says.
	yaml bool
	// lines are the places where lines begin, blocks the numbers of characters before each block; see [tree.at].
	once          sync.Once
	lines, blocks []uint32
	// outer is set for what does not stand in a document itself: then outerPos is where it belongs.
	outer    *tree
	outerPos uint32
}

// definitions is an object with a key $referenced_components, and the value of that key. The indexes are those of
// nodes.
type definitions struct {
	// list is the node of the $referenced_components.
	list uint32
	// holder is true if the object is a component or a reference.
	holder bool
}

// node is a value in a document.
type node struct {
	// key is the key of the value if it is part of an object.
	key string
	// text is a string, or the digits of a number, or "true" or "false".
	text string
	// pos and keyPos are byte offsets into the text of the document.
	pos, keyPos uint32
	// first and count say which nodes are the children of a list or an object.
	first, count uint32
	kind         nodeKind
	// keyKind is stringNode, or what else YAML takes the key for.
	keyKind nodeKind
	// shared is true for what a YAML alias stands for and for its anchor.
	shared bool
	// merged is true for an entry that came in through a YAML merge key, which others may override.
	merged bool
}

// nodeKind says what a node is.
type nodeKind uint8

const (
	nullNode nodeKind = iota
	boolNode
	intNode
	floatNode
	stringNode
	listNode
	objectNode
	// dateNode and binaryNode are what YAML has beyond JSON; text is what was written.
	dateNode
	binaryNode
)

// what names the kinds for people, with an article.
func (k nodeKind) what() string {
	return [...]string{
		"null", "a boolean", "an integer", "a number", "a string", "a list", "an object", "a date", "binary data",
	}[k]
}

func (t *tree) children(n *node) []node { return t.nodes[n.first : n.first+n.count] }

// member returns the value of a key of an object, or nil.
func (t *tree) member(n *node, key string) *node {
	if n.kind != objectNode {
		return nil
	}
	members := t.children(n)
	for i := range members {
		if members[i].key == key {
			return &members[i]
		}
	}
	return nil
}

// value returns n as a value.
func (t *tree) value(n *node) value.Value {
	switch n.kind {
	case nullNode:
		return value.Null
	case boolNode:
		return value.Bool(n.text == "true")
	case intNode, floatNode:
		return value.ParseNumber(n.text, n.kind == intNode)
	case listNode:
		items := make([]value.Value, n.count)
		for i := range items {
			items[i] = t.value(&t.nodes[int(n.first)+i])
		}
		return value.List(items...)
	case objectNode:
		return t.object(n).Of()
	default:
		return value.String(n.text)
	}
}

// object returns n, which must be an object, as a value.
func (t *tree) object(n *node) *value.Object {
	members := make([]value.Member, n.count)
	for i := range members {
		child := &t.nodes[int(n.first)+i]
		members[i] = value.Member{Key: child.key, Value: t.value(child)}
	}
	return value.NewObject(members...)
}

// at returns the position of a byte of the text.
func (t *tree) at(offset uint32) Pos {
	if t.outer != nil {
		return t.outer.at(t.outerPos)
	}
	t.once.Do(t.findLines)
	line := sort.Search(len(t.lines), func(i int) bool { return t.lines[i] > offset }) - 1
	column := t.charactersBefore(int(offset)) - t.charactersBefore(int(t.lines[line]))
	return Pos{t.file, line + 1, column + 1}
}

// blockSize is the distance of the places for which the number of characters before them is known: a document may be a
// single line, and then counting from its beginning each time would take too long.
const blockSize = 4096

func (t *tree) charactersBefore(offset int) int {
	offset = min(offset, len(t.text))
	block := offset / blockSize
	return int(t.blocks[block]) + characters(t.text[block*blockSize:offset])
}

// characters counts the characters that begin in s.
func characters(s string) (n int) {
	for i := range len(s) {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

func (t *tree) findLines() {
	t.blocks = make([]uint32, 1, len(t.text)/blockSize+1)
	for at := blockSize; at <= len(t.text); at += blockSize {
		t.blocks = append(t.blocks, t.blocks[len(t.blocks)-1]+uint32(characters(t.text[at-blockSize:at])))
	}
	t.lines = append(make([]uint32, 0, strings.Count(t.text, "\n")+1), 0)
	for i := 0; i < len(t.text); {
		next := t.lineEnd(i)
		if next < 0 {
			return
		}
		t.lines = append(t.lines, uint32(next))
		i = next
	}
}

// lineEnd returns where the line after the one at i begins, or -1 if it is the last one. YAML 1.1 has more line breaks
// than JSON, and its parser counts them.
func (t *tree) lineEnd(i int) int {
	if !t.yaml {
		if n := strings.IndexByte(t.text[i:], '\n'); n >= 0 {
			return i + n + 1
		}
		return -1
	}
	n := strings.IndexAny(t.text[i:], "\n\r\u0085\u2028\u2029")
	if n < 0 {
		return -1
	}
	i += n
	if strings.HasPrefix(t.text[i:], "\r\n") {
		return i + 2
	}
	_, size := utf8.DecodeRuneInString(t.text[i:])
	return i + size
}

// treeBuilder makes a tree bottom-up: values are pushed as they are read, and taken off when their container ends.
type treeBuilder struct {
	tree     *tree
	stack    []node
	findings *findings
}

func newTreeBuilder(file, text string, fs *findings) *treeBuilder {
	// An upper bound for most documents; hostile ones must not make us reserve more than a few times their size.
	guess := strings.Count(text, ",") + strings.Count(text, "{") + strings.Count(text, "[") + 1
	return &treeBuilder{
		tree:     &tree{file: file, text: text, nodes: make([]node, 0, min(guess, len(text)/6+16))},
		stack:    make([]node, 0, 64),
		findings: fs,
	}
}

func (b *treeBuilder) push(n node) { b.stack = append(b.stack, n) }

// close ends the list or object whose children are those pushed since mark, and returns it without its key.
func (b *treeBuilder) close(kind nodeKind, pos uint32, mark int) node {
	kids := b.stack[mark:]
	if kind == objectNode {
		kids = b.unique(kids)
	}
	n := node{pos: pos, kind: kind, first: uint32(len(b.tree.nodes)), count: uint32(len(kids))}
	b.tree.nodes = append(b.tree.nodes, kids...)
	b.stack = b.stack[:mark]
	if kind == objectNode {
		b.noteDefinitions(&n)
	}
	return n
}

// finish ends the tree, whose root is the only node that is left.
func (b *treeBuilder) finish() *tree {
	t := b.tree
	t.nodes = append(t.nodes, b.stack[0])
	t.root = &t.nodes[len(t.nodes)-1]
	return t
}

func (b *treeBuilder) noteDefinitions(n *node) {
	kids := b.tree.children(n)
	for i := range kids {
		if kids[i].key == referencedKey {
			holder := b.tree.member(n, typeKey) != nil || b.tree.member(n, refKey) != nil
			b.tree.definitions = append(b.tree.definitions, definitions{n.first + uint32(i), holder})
			return
		}
	}
}

// uniqueFrom is the size from which on a map finds repeated keys faster than comparing all pairs.
const uniqueFrom = 16

// unique drops repeated keys: the last value counts, as in Python, at the place of the first.
func (b *treeBuilder) unique(kids []node) []node {
	if len(kids) >= uniqueFrom {
		return b.uniqueByMap(kids)
	}
	for i := 1; i < len(kids); i++ {
		for j := range i {
			if kids[i].key == kids[j].key && kids[i].keyKind == kids[j].keyKind {
				return b.uniqueByMap(kids)
			}
		}
	}
	return kids
}

func (b *treeBuilder) uniqueByMap(kids []node) []node {
	type name struct {
		key  string
		kind nodeKind
	}
	seen := make(map[name]int, len(kids))
	out := kids[:0]
	for _, kid := range kids {
		at, ok := seen[name{kid.key, kid.keyKind}]
		if !ok {
			seen[name{kid.key, kid.keyKind}] = len(out)
			out = append(out, kid)
			continue
		}
		if !out[at].merged {
			b.findings.warn(b.tree, kid.keyPos, codeDuplicateKey, "remove one of them",
				"key %q is given twice, of which the last counts", kid.key)
		}
		out[at] = kid
	}
	return out
}
