package spec

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unsafe"

	"github.com/wayflow-go/wayflow/internal/jsonscan"
)

// jsonReader reads JSON into a tree. It does by itself what is frequent, and leaves escapes, numbers and errors to
// [jsonscan.Scanner], so that both accept the same texts.
type jsonReader struct {
	*treeBuilder
	text string
	pos  int
}

// parseJSON reads a JSON text. What is wrong with it is added to the findings, and then the tree is nil.
func parseJSON(file, text string, fs *findings) *tree {
	r := &jsonReader{treeBuilder: newTreeBuilder(file, text, fs), text: text}
	n, err := r.value(MaxDepth)
	if err == nil {
		r.push(n)
		err = r.end()
	}
	if err != nil {
		r.syntaxError(err)
		return nil
	}
	return r.finish()
}

func (r *jsonReader) syntaxError(err error) {
	code, offset := codeSyntax, r.pos
	var at *jsonscan.Error
	if errors.As(err, &at) {
		offset = at.Offset
	}
	if errors.Is(err, errTooDeep) {
		code = codeTooDeep
	}
	r.findings.err(r.tree, uint32(offset), code, "", "the document is not valid JSON: %v", err)
}

// bytes returns the text from the reader's place on, which must not be changed.
func (r *jsonReader) bytes() []byte {
	rest := r.text[r.pos:]
	return unsafe.Slice(unsafe.StringData(rest), len(rest))
}

// scan lets a scanner read at the reader's place, and goes on where it ends.
func (r *jsonReader) scan(read func(*jsonscan.Scanner) error) error {
	s := jsonscan.New(r.bytes())
	start := r.pos
	err := read(s)
	r.pos = start + s.Offset()
	var at *jsonscan.Error
	if errors.As(err, &at) {
		return &jsonscan.Error{Offset: start + at.Offset, Message: at.Message}
	}
	return err
}

// peek skips white space and returns the next byte, 0 at the end of the text.
func (r *jsonReader) peek() byte {
	for r.pos < len(r.text) {
		if c := r.text[r.pos]; c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
		r.pos++
	}
	return 0
}

func (r *jsonReader) end() error {
	if r.peek() != 0 || r.pos < len(r.text) {
		return r.scan((*jsonscan.Scanner).End)
	}
	return nil
}

func (r *jsonReader) value(depth int) (node, error) {
	c := r.peek()
	pos := uint32(r.pos)
	switch c {
	case '{':
		return r.object(pos, depth)
	case '[':
		return r.list(pos, depth)
	case '"':
		text, err := r.string()
		return node{pos: pos, kind: stringNode, text: text}, err
	case 't':
		return r.word("true", node{pos: pos, kind: boolNode, text: "true"})
	case 'f':
		return r.word("false", node{pos: pos, kind: boolNode, text: "false"})
	case 'n':
		return r.word("null", node{pos: pos, kind: nullNode})
	default:
		return r.number(pos)
	}
}

func (r *jsonReader) word(word string, n node) (node, error) {
	return n, r.scan(func(s *jsonscan.Scanner) error { return s.Word(word) })
}

func (r *jsonReader) number(pos uint32) (n node, err error) {
	err = r.scan(func(s *jsonscan.Scanner) error {
		text, integer, err := s.Number()
		n = node{pos: pos, kind: floatNode, text: r.text[pos : int(pos)+len(text)]}
		if integer {
			n.kind = intNode
		}
		return err
	})
	if err == nil {
		err = r.checkNumber(n)
	}
	return n, err
}

// checkNumber refuses numbers that could not be written again.
func (r *jsonReader) checkNumber(n node) error {
	if n.kind == intNode && len(n.text) > maxDigits {
		return &jsonscan.Error{Offset: int(n.pos), Message: fmt.Sprintf("a number has more than %d digits", maxDigits)}
	}
	if n.kind == floatNode && isInfinite(n.text) {
		return &jsonscan.Error{Offset: int(n.pos), Message: "a number is too large"}
	}
	return nil
}

// isInfinite reports whether a number is beyond those that can be written.
func isInfinite(text string) bool {
	f, _ := strconv.ParseFloat(text, 64)
	return math.IsInf(f, 0) || math.IsNaN(f)
}

// string reads a string. Without escapes it is a part of the text.
func (r *jsonReader) string() (text string, err error) {
	start := r.pos
	for i := start + 1; i < len(r.text); i++ {
		c := r.text[i]
		if c == '"' {
			r.pos = i + 1
			return r.text[start+1 : i], nil
		}
		if c == '\\' || c < ' ' {
			break
		}
	}
	err = r.scan(func(s *jsonscan.Scanner) error {
		text, err = s.String()
		return err
	})
	if err != nil && r.pos >= len(r.text) {
		return "", &jsonscan.Error{Offset: start, Message: "a string has no end"}
	}
	return text, err
}

func (r *jsonReader) object(pos uint32, depth int) (node, error) {
	if depth == 0 {
		return node{}, errTooDeep
	}
	r.pos++
	mark := len(r.stack)
	for first := true; ; first = false {
		more, err := r.more(first, '}')
		if err != nil {
			return node{}, err
		}
		if !more {
			return r.close(objectNode, pos, mark), nil
		}
		keyPos := uint32(r.pos)
		if r.peek() != '"' {
			return node{}, r.expected("a key in quotes")
		}
		key, err := r.string()
		if err != nil {
			return node{}, err
		}
		if r.peek() != ':' {
			return node{}, r.scan(func(s *jsonscan.Scanner) error { return s.Expect(':') })
		}
		r.pos++
		n, err := r.value(depth - 1)
		if err != nil {
			return node{}, err
		}
		n.key, n.keyPos, n.keyKind = key, keyPos, stringNode
		r.push(n)
	}
}

func (r *jsonReader) list(pos uint32, depth int) (node, error) {
	if depth == 0 {
		return node{}, errTooDeep
	}
	r.pos++
	mark := len(r.stack)
	for first := true; ; first = false {
		more, err := r.more(first, ']')
		if err != nil {
			return node{}, err
		}
		if !more {
			return r.close(listNode, pos, mark), nil
		}
		n, err := r.value(depth - 1)
		if err != nil {
			return node{}, err
		}
		r.push(n)
	}
}

// more reports whether another entry follows, and consumes the comma before it or the closing delimiter.
func (r *jsonReader) more(first bool, closing byte) (bool, error) {
	c := r.peek()
	switch {
	case c == closing:
		r.pos++
		return false, nil
	case first && c != 0:
		return true, nil
	case !first && c == ',':
		r.pos++
		if next := r.peek(); next != closing && next != 0 {
			return true, nil
		}
		return false, r.expected("another entry after the comma")
	default:
		return false, r.expected("a comma or " + string(closing))
	}
}

// expected returns the error that something else stands at the reader's place.
func (r *jsonReader) expected(what string) error {
	if r.pos >= len(r.text) {
		return &jsonscan.Error{Offset: r.pos, Message: "the text ends where " + what + " was expected"}
	}
	return &jsonscan.Error{Offset: r.pos, Message: what + " was expected here"}
}
