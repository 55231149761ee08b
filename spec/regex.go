package spec

import "github.com/wayflow-go/wayflow/value"

// RegexPattern is a regular expression of Python with its options.
type RegexPattern struct {
	// Pattern is the expression.
	Pattern string `spec:"pattern,required"`
	// Match is first or last, the match that counts; empty means first.
	Match string `spec:"match,nonzero,enum=first|last,default=first"`
	// Flags are those of Python, added up: A is 256, I 2, L 4, M 8, S 16, U 32, X 64. Nil is none.
	Flags *int `spec:"flags"`
}

// Regex is a regular expression: a text alone or a [RegexPattern]. What flags a text alone has is up to the place.
type Regex struct {
	// Text counts only if Pattern is nil.
	Text    string
	Pattern *RegexPattern
}

func (r *Regex) decodeSpec(in specInput) {
	if in.kind() == objectNode {
		in.decode(&r.Pattern)
		return
	}
	in.decode(&r.Text)
}

func (r Regex) encodeSpec() any {
	if r.Pattern != nil {
		return r.Pattern
	}
	return r.Text
}

// RegexSet is one regular expression, or several, each with the name of what it finds.
type RegexSet struct {
	// One counts only if Named is nil.
	One   Regex
	Named Dict[Regex]
}

// decodeSpec takes an object with the text "pattern" and nothing that a pattern has not for one pattern; the reference
// takes it for names if it has no flags.
func (r *RegexSet) decodeSpec(in specInput) {
	if in.kind() == objectNode && !isRegexPattern(in.value()) {
		in.decode(&r.Named)
		return
	}
	in.decode(&r.One)
}

func isRegexPattern(v value.Value) bool {
	o, _ := v.AsObject()
	known := 0
	for _, key := range [...]string{"pattern", "match", "flags"} {
		if _, ok := o.Get(key); ok {
			known++
		}
	}
	pattern, _ := o.Get("pattern")
	return pattern.Kind() == value.KindString && known == o.Len()
}

func (r RegexSet) encodeSpec() any {
	if r.Named != nil {
		return r.Named
	}
	return r.One
}
