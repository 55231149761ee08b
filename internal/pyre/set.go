package pyre

import "unicode"

// category is a set of characters with a name of its own: d, s or w.
type category struct {
	name  byte
	ascii bool
	not   bool
	holds func(rune) bool
}

// set is a set of characters.
type set struct {
	ranges     []rune // pairs, both included
	categories []category
	not        bool
	fold       bool
	ascii      [2]uint64 // the answer for the first 128 characters
}

// add adds a range.
func (s *set) add(lo, hi rune) { s.ranges = append(s.ranges, lo, hi) }

// finish works out the answers that are asked for most.
func (s *set) finish() {
	for r := range rune(128) {
		if s.find(r) {
			s.ascii[r/64] |= 1 << (r % 64)
		}
	}
}

func (s *set) has(r rune) bool {
	if r < 128 {
		return s.ascii[r/64]>>(r%64)&1 != 0
	}
	return s.find(r)
}

func (s *set) find(r rune) bool {
	in := s.lists(r)
	if s.fold {
		for f := nextFold(r); !in && f != r; f = nextFold(f) {
			in = s.lists(f)
		}
	}
	return in != s.not
}

func (s *set) lists(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] <= r && r <= s.ranges[i+1] {
			return true
		}
	}
	for _, c := range s.categories {
		if c.holds(r) != c.not {
			return true
		}
	}
	return false
}

// nextFold walks the circle of characters that Python takes for the same when case is ignored: those of Unicode's simple
// folding, and the two i of Turkish with the common one.
func nextFold(r rune) rune {
	switch r {
	case 'i':
		return 'I'
	case 'I':
		return 'İ'
	case 'İ':
		return 'ı'
	case 'ı':
		return 'i'
	default:
		return unicode.SimpleFold(r)
	}
}

// same reports whether two characters are the same when case is ignored.
func same(a, b rune) bool {
	if a == b {
		return true
	}
	for f := nextFold(a); f != a; f = nextFold(f) {
		if f == b {
			return true
		}
	}
	return false
}

// categoryOf returns what \d, \s or \w hold.
func categoryOf(name byte, ascii bool) func(rune) bool {
	switch {
	case name == 'd' && ascii:
		return func(r rune) bool { return '0' <= r && r <= '9' }
	case name == 'd':
		return unicode.IsDigit
	case name == 's' && ascii:
		return func(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }
	case name == 's':
		return isSpace
	case ascii:
		return isASCIIWord
	default:
		return isWord
	}
}

// isSpace is Python's str.isspace, which knows four control characters that Unicode does not call white.
func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// isWord is Python's str.isalnum, and the underscore.
func isWord(r rune) bool {
	if r < 128 {
		return isASCIIWord(r)
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

func isASCIIWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
}
