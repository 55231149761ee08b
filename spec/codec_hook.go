package spec

import "github.com/wayflow-go/wayflow/value"

// specInput is the part of a document that a [specDecoder] reads.
type specInput struct {
	d  *decoder
	n  *node
	at place
}

// kind says what stands there. A reference counts as an object.
func (in specInput) kind() nodeKind { return in.n.kind }

// text returns the string that stands there, or "".
func (in specInput) text() string {
	if in.n.kind != stringNode {
		return ""
	}
	return in.n.text
}

// value returns what stands there, unread.
func (in specInput) value() value.Value { return in.d.tree.value(in.n) }

// decode reads what stands there into *target, as a field of that type; findings are reported.
func (in specInput) decode(target any) { in.d.decodeTarget(in.n, target, in.at) }
