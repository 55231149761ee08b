package pyre

import (
	"strings"
	"unicode/utf8"
)

// The bounds of a match, counted over one call of [Pattern.FindAll].
const (
	// MaxSteps is how many instructions may run.
	MaxSteps = 20_000_000
	// MaxChoices is how many places there may be at a time that matching could come back to.
	MaxChoices = 2_000_000
)

// machine matches a pattern at places of a text by trying and coming back.
type machine struct {
	p     *Pattern
	text  string
	regs  []int // the bounds of the groups, then two for each loop
	stack []entry
	steps int
	err   error
	// forbidden is where a match must not end, because an empty one was found there before; -1 if it may end anywhere.
	forbidden int
}

// entry is something to come back to: another way to go on, or the old value of a register.
type entry struct {
	kind entryKind
	pc   int // or the register
	pos  int // or its value
	low  int // of a span, the place from which on it can be shorter, or how many more there may be
}

type entryKind uint8

const (
	goOn entryKind = iota
	restore
	shorter // a greedy span
	longer  // a lazy one
)

func newMachine(p *Pattern, text string) *machine {
	return &machine{p: p, text: text, regs: make([]int, 2*(p.groups+1)+2*p.loops)}
}

// search finds the first match that begins at a place or after it, and returns the bounds of all its groups; nil if there
// is none. If advance is set the match may not be the empty one at that place.
func (m *machine) search(at int, advance bool) ([]int, error) {
	m.forbidden = -1
	if advance {
		m.forbidden = at
	}
	for {
		if m.p.prefix != "" {
			i := strings.Index(m.text[at:], m.p.prefix)
			if i < 0 {
				return nil, nil
			}
			if i > 0 {
				m.forbidden = -1
			}
			at += i
		}
		if end, ok := m.matchAt(at); ok {
			m.regs[0], m.regs[1] = at, end
			return append([]int(nil), m.regs[:2*(m.p.groups+1)]...), nil
		}
		if m.err != nil || at >= len(m.text) {
			return nil, m.err
		}
		_, size := m.char(at)
		at += size
		m.forbidden = -1
	}
}

func (m *machine) matchAt(at int) (end int, ok bool) {
	for i := range m.regs {
		m.regs[i] = -1
	}
	m.stack = m.stack[:0]
	return m.run(0, at, true)
}

// char returns the character at a place that is not the end.
func (m *machine) char(at int) (rune, int) {
	if c := m.text[at]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(m.text[at:])
}

func (m *machine) exceed(bound string, limit int) {
	if m.err == nil {
		m.err = &BoundError{Pattern: m.p.text, Bound: bound, Limit: limit}
	}
}

func (m *machine) push(e entry) {
	if len(m.stack) >= MaxChoices {
		m.exceed("choices", MaxChoices)
	}
	m.stack = append(m.stack, e)
}

// set changes a register so that coming back undoes it.
func (m *machine) set(reg, v int) {
	m.push(entry{kind: restore, pc: reg, pos: m.regs[reg]})
	m.regs[reg] = v
}

// run executes from an instruction on, up to an opMatch. What it leaves on the stack are the other ways to match. The
// switch is long because it is flat: one case for each instruction.
func (m *machine) run(pc, pos int, top bool) (end int, ok bool) {
	base := len(m.stack)
	for m.err == nil {
		if m.steps++; m.steps > MaxSteps {
			m.exceed("steps", MaxSteps)
			break
		}
		i := &m.p.prog[pc]
		pc++
		ok := true
		switch i.op {
		case opMatch:
			if !top || pos != m.forbidden {
				return pos, true
			}
			ok = false
		case opChar, opFold, opAny, opAll, opSet:
			pos, ok = m.one(i, pos)
		case opSpan:
			pos, ok = m.span(i, pc, pos)
		case opSplit:
			m.push(entry{kind: goOn, pc: i.y, pos: pos})
			pc = i.x
		case opJump:
			pc = i.x
		case opSave:
			m.set(i.reg, pos)
		case opLoopStart:
			m.set(i.reg, 0)
			m.set(i.reg+1, -1)
		case opLoop:
			pc = m.loop(i, pos)
		case opLoopMore:
			m.set(i.reg, m.regs[i.reg]+1)
			m.set(i.reg+1, pos)
		case opLook:
			ok = m.look(i, pc, pos)
			pc = i.x
		case opAtomic:
			pos, ok = m.atomic(pc, pos)
			pc = i.x
		case opBackref, opFoldedBackref:
			pos, ok = m.backref(i, pos)
		case opCondition:
			pc = i.y
			if m.regs[i.reg+1] >= 0 {
				pc = i.x
			}
		default:
			ok = m.place(i.op, pos)
		}
		if !ok {
			if pc, pos, ok = m.comeBack(base); !ok {
				return 0, false
			}
		}
	}
	return 0, false
}

// comeBack takes up the newest other way above base.
func (m *machine) comeBack(base int) (pc, pos int, ok bool) {
	for len(m.stack) > base {
		e := &m.stack[len(m.stack)-1]
		switch e.kind {
		case restore:
			m.regs[e.pc] = e.pos
			m.stack = m.stack[:len(m.stack)-1]
		case goOn:
			m.stack = m.stack[:len(m.stack)-1]
			return e.pc, e.pos, true
		case shorter:
			_, size := utf8.DecodeLastRuneInString(m.text[e.low:e.pos])
			e.pos -= size
			if pc, pos = e.pc, e.pos; pos <= e.low {
				m.stack = m.stack[:len(m.stack)-1]
			}
			return pc, pos, true
		case longer:
			next, matched := m.one(m.p.prog[e.pc-1].one, e.pos)
			if pc, pos = e.pc, next; !matched {
				m.stack = m.stack[:len(m.stack)-1]
				continue
			}
			e.pos = next
			if e.low--; e.low == 0 {
				m.stack = m.stack[:len(m.stack)-1]
			}
			return pc, pos, true
		}
	}
	return 0, 0, false
}

// one matches one character.
func (m *machine) one(i *inst, pos int) (end int, ok bool) {
	if pos >= len(m.text) {
		return pos, false
	}
	r, size := m.char(pos)
	switch i.op {
	case opChar:
		ok = r == i.r
	case opFold:
		ok = same(i.r, r)
	case opAny:
		ok = r != '\n'
	case opAll:
		ok = true
	case opSet:
		ok = i.set.has(r)
	}
	return pos + size, ok
}

// span matches one character several times.
func (m *machine) span(i *inst, pc, pos int) (end int, ok bool) {
	low, n := pos, 0
	for i.max < 0 || n < i.max {
		if n >= i.min && i.mode == lazy {
			m.push(entry{kind: longer, pc: pc, pos: pos, low: i.max - n})
			return pos, true
		}
		next, ok := m.one(i.one, pos)
		if !ok {
			break
		}
		pos = next
		if n++; n == i.min {
			low = pos
		}
	}
	m.steps += n
	if n < i.min {
		return pos, false
	}
	if i.mode == greedy && pos > low {
		m.push(entry{kind: shorter, pc: pc, pos: pos, low: low})
	}
	return pos, true
}

// loop decides whether the body of a repeat runs once more. An empty run of it is the last one.
func (m *machine) loop(i *inst, pos int) (pc int) {
	n := m.regs[i.reg]
	if n < i.min {
		return i.x
	}
	if i.max >= 0 && n >= i.max || pos == m.regs[i.reg+1] {
		return i.y
	}
	if i.mode == lazy {
		m.push(entry{kind: goOn, pc: i.x, pos: pos})
		return i.y
	}
	m.push(entry{kind: goOn, pc: i.y, pos: pos})
	return i.x
}

// look runs a body that takes nothing.
func (m *machine) look(i *inst, pc, pos int) bool {
	for n := i.reg; n > 0; n-- {
		if pos <= 0 {
			return i.not
		}
		_, size := utf8.DecodeLastRuneInString(m.text[:pos])
		pos -= size
	}
	base := len(m.stack)
	_, ok := m.run(pc, pos, false)
	switch {
	case !ok:
		return i.not && m.err == nil
	case i.not:
		m.unwind(base)
		return false
	}
	m.forget(base)
	return true
}

func (m *machine) atomic(pc, pos int) (end int, ok bool) {
	base := len(m.stack)
	if end, ok = m.run(pc, pos, false); ok {
		m.forget(base)
	}
	return end, ok
}

// forget drops the other ways above base, but not what undoes changes of registers.
func (m *machine) forget(base int) {
	kept := m.stack[:base]
	for _, e := range m.stack[base:] {
		if e.kind == restore {
			kept = append(kept, e)
		}
	}
	m.stack = kept
}

// unwind undoes everything above base.
func (m *machine) unwind(base int) {
	for len(m.stack) > base {
		if e := m.stack[len(m.stack)-1]; e.kind == restore {
			m.regs[e.pc] = e.pos
		}
		m.stack = m.stack[:len(m.stack)-1]
	}
}

func (m *machine) backref(i *inst, pos int) (end int, ok bool) {
	from, to := m.regs[i.reg], m.regs[i.reg+1]
	if from < 0 || to < from {
		return pos, false
	}
	text := m.text[from:to]
	m.steps += len(text)
	if i.op == opBackref {
		return pos + len(text), strings.HasPrefix(m.text[pos:], text)
	}
	for _, want := range text {
		if pos >= len(m.text) {
			return pos, false
		}
		r, size := m.char(pos)
		if !same(want, r) {
			return pos, false
		}
		pos += size
	}
	return pos, true
}

// place tests a place between characters.
func (m *machine) place(op opcode, pos int) bool {
	rest := len(m.text) - pos
	switch op {
	case opStart:
		return pos == 0
	case opTextEnd:
		return rest == 0
	case opEnd:
		return rest == 0 || rest == 1 && m.text[pos] == '\n'
	case opLineStart:
		return pos == 0 || m.text[pos-1] == '\n'
	case opLineEnd:
		return rest == 0 || m.text[pos] == '\n'
	case opBoundary:
		return m.text != "" && m.edge(pos, isWord)
	case opNotBoundary: // in an empty text Python finds neither
		return m.text != "" && !m.edge(pos, isWord)
	case opASCIIBoundary:
		return m.text != "" && m.edge(pos, isASCIIWord)
	default:
		return m.text != "" && !m.edge(pos, isASCIIWord)
	}
}

func (m *machine) edge(pos int, word func(rune) bool) bool {
	before, after := false, false
	if pos > 0 {
		r, _ := utf8.DecodeLastRuneInString(m.text[:pos])
		before = word(r)
	}
	if pos < len(m.text) {
		r, _ := m.char(pos)
		after = word(r)
	}
	return before != after
}
