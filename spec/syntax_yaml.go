package spec

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// maxAliased bounds how many values the aliases of a YAML document may stand for altogether, so that a small document
// cannot grow into a huge one.
const maxAliased = 200_000

var errTooDeep = fmt.Errorf("it is nested more than %d levels deep", MaxDepth)

// parseYAML reads a YAML text. What is wrong with it is added to the findings, and then the tree is nil.
//
// The library only gives the structure. What plain scalars mean is decided here as PyYAML's safe loader does (YAML 1.1),
// because that is how the documents that exist are read.
func parseYAML(file, text string, fs *findings) *tree {
	r := &yamlReader{treeBuilder: newTreeBuilder(file, text, fs), anchors: make(map[*yaml.Node]*anchor)}
	r.tree.yaml = true
	root, err := r.compose(text)
	if err != nil {
		r.syntaxError(err)
		return nil
	}
	n, err := r.node(root, MaxDepth)
	if err != nil {
		r.syntaxError(err)
		return nil
	}
	r.push(n)
	return r.finish()
}

// yamlReader turns the nodes of the YAML library into a tree.
type yamlReader struct {
	*treeBuilder
	anchors map[*yaml.Node]*anchor
	last    yamlMark
	// made counts the values read so far, aliased how many stand behind aliases.
	made, aliased int
}

// yamlMark is a place of a YAML text.
type yamlMark struct{ line, column, offset int }

// anchor is what an alias may point to. It is nil until it has been read, so that an anchor that contains itself is
// found.
type anchor struct {
	node   node
	values int
}

// yamlError is an error at a place of a YAML text.
type yamlError struct {
	offset  uint32
	code    string
	message string
}

func (e *yamlError) Error() string { return e.message }

// compose lets the library read the only document of the text.
func (r *yamlReader) compose(text string) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(strings.NewReader(text),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthFunc(checkYAMLDepth))))
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := loader.Load(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &yamlError{0, codeSyntax, "it is empty"}
		}
		return nil, err
	}
	var next yaml.Node
	if err := loader.Load(&next); err == nil {
		return nil, &yamlError{r.offset(&next), codeSyntax, "it has more than one document"}
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, &yamlError{0, codeSyntax, "it is empty"}
	}
	return doc.Content[0], nil
}

func checkYAMLDepth(depth int, _ *loaderlimits.DepthContext) error {
	if depth > MaxDepth {
		return errTooDeep
	}
	return nil
}

func (r *yamlReader) syntaxError(err error) {
	code, offset, message := codeSyntax, uint32(0), err.Error()
	var at *yamlError
	var load *yaml.LoadError
	switch {
	case errors.As(err, &at):
		code, offset = at.code, at.offset
	case errors.As(err, &load):
		offset = r.offsetAt(load.Mark.Line, load.Mark.Column)
		message = load.Message
	}
	if message == errTooDeep.Error() {
		code = codeTooDeep
	}
	r.findings.err(r.tree, offset, code, r.help(offset), "the document is not valid YAML: %s", message)
}

// help says how to mend what the library found at a place.
func (r *yamlReader) help(offset uint32) string {
	switch rest := r.tree.text[offset:]; {
	case strings.HasPrefix(rest, "\t"):
		return "indent with blanks, not with tabs"
	case rest != "" && strings.IndexByte("@`%", rest[0]) >= 0:
		return "put the value in quotes"
	case strings.HasPrefix(rest, "{"):
		return "put the value in quotes if it is a template"
	case strings.HasPrefix(rest, ": "):
		return "put the value in quotes if the colon belongs to it"
	default:
		return ""
	}
}

func (r *yamlReader) offset(n *yaml.Node) uint32 { return r.offsetAt(n.Line, n.Column) }

// offsetAt returns the byte offset of a line and a column, which the library counts in characters. It goes on from the
// place that was asked for last: a document may be a single line.
func (r *yamlReader) offsetAt(line, column int) uint32 {
	t := r.tree
	t.once.Do(t.findLines)
	switch {
	case line < 1:
		return 0
	case line > len(t.lines):
		return uint32(len(t.text))
	case line != r.last.line || column < r.last.column:
		r.last = yamlMark{line, 1, int(t.lines[line-1])}
	}
	for ; r.last.column < column && r.last.offset < len(t.text); r.last.column++ {
		_, size := utf8.DecodeRuneInString(t.text[r.last.offset:])
		r.last.offset += size
	}
	return uint32(r.last.offset)
}

func (r *yamlReader) node(y *yaml.Node, depth int) (node, error) {
	if depth == 0 {
		return node{}, &yamlError{r.offset(y), codeTooDeep, errTooDeep.Error()}
	}
	if y.Kind == yaml.AliasNode {
		return r.alias(y)
	}
	before := r.made + r.aliased
	r.made++
	var a *anchor
	if y.Anchor != "" {
		a = &anchor{}
		r.anchors[y] = a
	}
	n, err := r.content(y, depth)
	if err != nil {
		return node{}, err
	}
	if a != nil {
		n.shared = true
		a.node, a.values = n, r.made+r.aliased-before
	}
	return n, nil
}

func (r *yamlReader) content(y *yaml.Node, depth int) (node, error) {
	switch y.Kind {
	case yaml.MappingNode:
		if err := r.checkTag(y, "!!map"); err != nil {
			return node{}, err
		}
		return r.mapping(y, depth)
	case yaml.SequenceNode:
		if err := r.checkTag(y, "!!seq"); err != nil {
			return node{}, err
		}
		return r.sequence(y, depth)
	default:
		return r.scalar(y)
	}
}

// alias returns what an alias stands for. Its children are those of the anchor, so it takes no room.
func (r *yamlReader) alias(y *yaml.Node) (node, error) {
	a := r.anchors[y.Alias]
	if a == nil || a.values == 0 {
		return node{}, &yamlError{r.offset(y), codeSyntax, fmt.Sprintf("the anchor %q contains itself", y.Value)}
	}
	if r.aliased += a.values; r.aliased > maxAliased {
		return node{}, &yamlError{
			r.offset(y), codeTooLarge, fmt.Sprintf("its aliases stand for more than %d values", maxAliased),
		}
	}
	n := a.node
	n.pos = r.offset(y)
	return n, nil
}

func (r *yamlReader) checkTag(y *yaml.Node, want string) error {
	if y.Style&yaml.TaggedStyle == 0 || y.ShortTag() == want || y.Tag == "!" {
		return nil
	}
	return r.badTag(y)
}

func (r *yamlReader) badTag(y *yaml.Node) error {
	return &yamlError{r.offset(y), codeSyntax, fmt.Sprintf("the tag %s is not supported", y.ShortTag())}
}

func (r *yamlReader) sequence(y *yaml.Node, depth int) (node, error) {
	mark, pos := len(r.stack), r.offset(y)
	for _, item := range y.Content {
		n, err := r.node(item, depth-1)
		if err != nil {
			return node{}, err
		}
		n.key = ""
		r.push(n)
	}
	return r.close(listNode, pos, mark), nil
}

func (r *yamlReader) mapping(y *yaml.Node, depth int) (node, error) {
	mark, pos := len(r.stack), r.offset(y)
	// The merged entries come first: what the mapping itself says overrides them.
	for i := 0; i+1 < len(y.Content); i += 2 {
		if isMerge(y.Content[i]) {
			if err := r.merge(y.Content[i+1], depth-1); err != nil {
				return node{}, err
			}
		}
	}
	for i := 0; i+1 < len(y.Content); i += 2 {
		if isMerge(y.Content[i]) {
			continue
		}
		key, err := r.key(y.Content[i], depth)
		if err != nil {
			return node{}, err
		}
		n, err := r.node(y.Content[i+1], depth-1)
		if err != nil {
			return node{}, err
		}
		n.key, n.keyPos, n.keyKind = key.text, key.pos, key.kind
		r.push(n)
	}
	return r.close(objectNode, pos, mark), nil
}

func (r *yamlReader) key(y *yaml.Node, depth int) (node, error) {
	n, err := r.node(y, depth-1)
	if err == nil && (n.kind == listNode || n.kind == objectNode) {
		err = &yamlError{r.offset(y), codeSyntax, "a key must not be a list or an object"}
	}
	return n, err
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && isPlain(key)
}

// merge pushes the entries of a mapping, or of a list of mappings, that a merge key names. What is pushed later counts
// more, so the list is taken from its end: its earlier mappings count more.
func (r *yamlReader) merge(y *yaml.Node, depth int) error {
	n, err := r.node(y, depth)
	if err != nil {
		return err
	}
	mappings := []node{n}
	if n.kind == listNode {
		mappings = r.tree.children(&n)
	}
	for _, mapping := range slices.Backward(mappings) {
		if mapping.kind != objectNode {
			return &yamlError{r.offset(y), codeSyntax, "a merge key takes mappings only"}
		}
		for _, entry := range r.tree.children(&mapping) {
			entry.merged = true
			r.push(entry)
		}
	}
	return nil
}

func isPlain(y *yaml.Node) bool {
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return y.Style&(quoted|yaml.TaggedStyle) == 0
}

func (r *yamlReader) scalar(y *yaml.Node) (node, error) {
	n := node{pos: r.offset(y), kind: stringNode, text: y.Value}
	switch {
	case y.Style&yaml.TaggedStyle != 0:
		return r.tagged(y, n)
	case !isPlain(y):
		return n, nil
	}
	kind, text, ok := resolveScalar(y.Value)
	switch {
	case !ok && len(y.Value) > maxDigits:
		return node{}, &yamlError{n.pos, codeSyntax, fmt.Sprintf("a number has more than %d digits", maxDigits)}
	case !ok:
		return node{}, &yamlError{n.pos, codeSyntax, fmt.Sprintf("%q must be in quotes here", y.Value)}
	}
	n.kind, n.text = kind, text
	return n, nil
}

// tagged gives a scalar the type that its tag says.
func (r *yamlReader) tagged(y *yaml.Node, n node) (node, error) {
	want, known := map[string]nodeKind{
		"!!str": stringNode, "!": stringNode, "!!null": nullNode, "!!bool": boolNode, "!!int": intNode,
		"!!float": floatNode, "!!timestamp": dateNode, "!!binary": binaryNode,
	}[y.ShortTag()]
	switch {
	case !known:
		return node{}, r.badTag(y)
	case want == stringNode:
		return n, nil
	case want == binaryNode:
		n.kind = binaryNode
		return n, nil
	case want == nullNode:
		return node{pos: n.pos}, nil
	}
	kind, text, ok := resolveScalar(y.Value)
	if kind == intNode && want == floatNode {
		kind = floatNode
	}
	if !ok || kind != want {
		return node{}, &yamlError{n.pos, codeSyntax, fmt.Sprintf("%q is not %s", y.Value, want.what())}
	}
	n.kind, n.text = kind, text
	return n, nil
}

// looksLikeJSON reports whether a document is to be read as JSON: JSON text begins with a brace, and a YAML mapping in
// flow style that is no JSON is not worth an error message about JSON.
func looksLikeJSON(text string) bool {
	const space = " \t\r\n"
	text = strings.TrimLeft(text, space)
	if text == "" || text[0] != '{' && text[0] != '[' {
		return false
	}
	inside := strings.TrimLeft(text[1:], space)
	return inside == "" || strings.IndexByte(`"{[]}`, inside[0]) >= 0
}
