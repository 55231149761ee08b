package pyre

import "unicode/utf8"

type opcode uint8

const (
	opMatch opcode = iota
	opChar
	opFold
	opAny // but a newline
	opAll
	opSet
	opSpan // one of the above, several times
	opSplit
	opJump
	opSave
	opLoopStart
	opLoop
	opLoopMore
	opLook
	opAtomic
	opBackref
	opFoldedBackref
	opCondition

	opStart
	opEnd // or before a newline that ends the text
	opTextEnd
	opLineStart
	opLineEnd
	opBoundary
	opNotBoundary
	opASCIIBoundary
	opNotASCIIBoundary
)

// inst is one instruction. What x and y are follows from its op: places in the program, a register.
type inst struct {
	op       opcode
	mode     repeatMode
	not      bool // of opLook
	r        rune
	set      *set
	one      *inst // of opSpan, what repeats
	x, y     int
	reg      int // the first register, or the width of a look-behind, or -1 for a look-ahead
	min, max int
}

type compiler struct{ pattern *Pattern }

func (c *compiler) emit(i inst) int {
	c.pattern.prog = append(c.pattern.prog, i)
	return len(c.pattern.prog) - 1
}

func (c *compiler) here() int { return len(c.pattern.prog) }

func (c *compiler) at(pc int) *inst { return &c.pattern.prog[pc] }

func (c *compiler) compile(n node) {
	if one, ok := single(n); ok {
		c.emit(one)
		return
	}
	switch n := n.(type) {
	case *at:
		c.emit(inst{op: n.kind})
	case *seq:
		for _, p := range n.parts {
			c.compile(p)
		}
	case *alt:
		c.alternatives(n.parts)
	case *repeat:
		c.repeat(n)
	case *group:
		c.group(n)
	case *atomic:
		c.nested(inst{op: opAtomic}, n.body)
	case *look:
		reg := -1
		if n.behind {
			reg, _ = width(n.body)
		}
		c.nested(inst{op: opLook, not: n.not, reg: reg}, n.body)
	case *backref:
		op := opBackref
		if n.fold {
			op = opFoldedBackref
		}
		c.emit(inst{op: op, reg: 2 * n.index})
	case *condition:
		c.condition(n)
	}
}

// single returns the instruction for a node that is one character.
func single(n node) (inst, bool) {
	switch n := n.(type) {
	case *literal:
		if n.fold {
			return inst{op: opFold, r: n.r}, true
		}
		return inst{op: opChar, r: n.r}, true
	case *any:
		if n.newline {
			return inst{op: opAll}, true
		}
		return inst{op: opAny}, true
	case *class:
		return inst{op: opSet, set: n.set}, true
	case *group:
		if n.index == 0 {
			return single(n.body)
		}
	}
	return inst{}, false
}

func (c *compiler) alternatives(parts []node) {
	var ends []int
	for i, p := range parts {
		if i == len(parts)-1 {
			c.compile(p)
			break
		}
		split := c.emit(inst{op: opSplit})
		c.at(split).x = c.here()
		c.compile(p)
		ends = append(ends, c.emit(inst{op: opJump}))
		c.at(split).y = c.here()
	}
	for _, pc := range ends {
		c.at(pc).x = c.here()
	}
}

func (c *compiler) group(n *group) {
	if n.index == 0 {
		c.compile(n.body)
		return
	}
	c.emit(inst{op: opSave, reg: 2 * n.index})
	c.compile(n.body)
	c.emit(inst{op: opSave, reg: 2*n.index + 1})
}

// nested compiles a body that runs by itself, up to its opMatch; x is where the rest goes on.
func (c *compiler) nested(i inst, body node) {
	pc := c.emit(i)
	c.compile(body)
	c.emit(inst{op: opMatch})
	c.at(pc).x = c.here()
}

func (c *compiler) condition(n *condition) {
	test := c.emit(inst{op: opCondition, reg: 2 * n.index})
	c.at(test).x = c.here()
	c.compile(n.yes)
	jump := c.emit(inst{op: opJump})
	c.at(test).y = c.here()
	c.compile(n.no)
	c.at(jump).x = c.here()
}

func (c *compiler) repeat(n *repeat) {
	if one, ok := single(n.body); ok {
		c.emit(inst{op: opSpan, one: &one, min: n.min, max: n.max, mode: n.mode})
		return
	}
	switch {
	case n.mode == possessive:
		c.nested(inst{op: opAtomic}, &repeat{n.body, n.min, n.max, greedy})
	case n.min == 0 && n.max == 1:
		c.optional(n)
	default:
		c.loop(n)
	}
}

func (c *compiler) optional(n *repeat) {
	split := c.emit(inst{op: opSplit})
	body := c.here()
	c.compile(n.body)
	c.at(split).x, c.at(split).y = body, c.here()
	if n.mode == lazy {
		c.at(split).x, c.at(split).y = c.here(), body
	}
}

// loop uses two registers: how often the body began, and where it began last.
func (c *compiler) loop(n *repeat) {
	reg := 2*(c.pattern.groups+1) + 2*c.pattern.loops
	c.pattern.loops++
	c.emit(inst{op: opLoopStart, reg: reg})
	head := c.emit(inst{op: opLoop, mode: n.mode, reg: reg, min: n.min, max: n.max})
	more := c.emit(inst{op: opLoopMore, reg: reg})
	c.compile(n.body)
	c.emit(inst{op: opJump, x: head})
	c.at(head).x, c.at(head).y = more, c.here()
}

// prefixOf returns a text that every match begins with.
func prefixOf(n node) string {
	s, _ := prefix(n)
	return s
}

// prefix also reports whether the text is all there is to n.
func prefix(n node) (text string, whole bool) {
	switch n := n.(type) {
	case *literal:
		if n.fold || n.r == utf8.RuneError {
			return "", false
		}
		return string(n.r), true
	case *group:
		return prefix(n.body)
	case *seq:
		for _, p := range n.parts {
			more, whole := prefix(p)
			text += more
			if !whole {
				return text, false
			}
		}
		return text, true
	}
	return "", false
}
