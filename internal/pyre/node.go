package pyre

// A node is a part of a parsed pattern. Flags are resolved: a node says itself what they mean for it.
type node interface{ node() }

type (
	// literal is one character.
	literal struct {
		r    rune
		fold bool
	}

	// any is a dot.
	any struct{ newline bool }

	// class is one character of a set.
	class struct{ set *set }

	// at is a place between characters.
	at struct{ kind opcode }

	// seq is its parts one after the other.
	seq struct{ parts []node }

	// alt is one of its parts, the first that leads to a match.
	alt struct{ parts []node }

	// repeat is its body min to max times; max is -1 if there is no limit.
	repeat struct {
		body     node
		min, max int
		mode     repeatMode
	}

	// group remembers what its body matched; index 0 remembers nothing.
	group struct {
		body  node
		index int
	}

	// look matches if its body does, or if not is set, does not, ahead or behind; it takes no characters.
	look struct {
		body   node
		behind bool
		not    bool
	}

	// atomic is its body, which is not tried again in another way.
	atomic struct{ body node }

	// backref is the text that a group matched.
	backref struct {
		index int
		fold  bool
		// lo and hi are the width of what the group matches.
		lo, hi int
	}

	// condition is yes if a group took part, else no.
	condition struct {
		index   int
		yes, no node
	}
)

type repeatMode uint8

const (
	greedy repeatMode = iota
	lazy
	possessive
)

func (*literal) node()   {}
func (*any) node()       {}
func (*class) node()     {}
func (*at) node()        {}
func (*seq) node()       {}
func (*alt) node()       {}
func (*repeat) node()    {}
func (*group) node()     {}
func (*look) node()      {}
func (*atomic) node()    {}
func (*backref) node()   {}
func (*condition) node() {}

// width returns how many characters a node takes at least and at most; hi is unlimited if there is no bound.
func width(n node) (lo, hi int) {
	switch n := n.(type) {
	case *literal, *any, *class:
		return 1, 1
	case *seq:
		for _, p := range n.parts {
			l, h := width(p)
			lo, hi = min(lo+l, unlimited), min(hi+h, unlimited)
		}
		return lo, hi
	case *alt:
		lo = unlimited
		for _, p := range n.parts {
			l, h := width(p)
			lo, hi = min(lo, l), max(hi, h)
		}
		return lo, hi
	case *repeat:
		lo, hi = width(n.body)
		if n.max < 0 && hi > 0 {
			return min(lo*n.min, unlimited), unlimited
		}
		return min(lo*n.min, unlimited), min(hi*max(n.max, 0), unlimited)
	case *group:
		return width(n.body)
	case *atomic:
		return width(n.body)
	case *condition:
		l, h := width(n.yes)
		l2, h2 := width(n.no)
		return min(l, l2), max(h, h2)
	case *backref:
		return n.lo, n.hi
	default:
		return 0, 0
	}
}

// unlimited is more characters than any text has; sums and products of it still fit an int.
const unlimited = 1 << 30
