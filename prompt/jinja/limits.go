package jinja

import "math"

// Limits bounds what a template may use. A field that is zero or less means the default.
type Limits struct {
	// Output is the size in bytes that the text, and any text or list made on the way to it, may have. Default 10 MiB.
	Output int
	// Memory is the size in bytes of all texts and lists that are made on the way, together. Default 128 MiB.
	Memory int
	// Iterations counts the passes of all loops, and the items that filters, tests and operators look at. Default
	// two million.
	Iterations int
	// Depth is how deep statements, expressions and values may nest. Default 500.
	Depth int
	// IntegerBits is how large an integer may become. Default 2^20 bits, some 315,000 digits.
	IntegerBits int
}

// DefaultLimits are the limits of [Parse].
var DefaultLimits = Limits{
	Output:      10 << 20,
	Memory:      128 << 20,
	Iterations:  2_000_000,
	Depth:       500,
	IntegerBits: 1 << 20,
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct{ field, def *int }{
		{&l.Output, &DefaultLimits.Output},
		{&l.Memory, &DefaultLimits.Memory},
		{&l.Iterations, &DefaultLimits.Iterations},
		{&l.Depth, &DefaultLimits.Depth},
		{&l.IntegerBits, &DefaultLimits.IntegerBits},
	} {
		if *f.field <= 0 {
			*f.field = *f.def
		}
	}
	return l
}

// exceeded is the error for going over a bound. Class is what Python raises when it runs out of the same thing.
func exceeded(class, bound string, limit int) error {
	return &RenderError{
		Class: class, Bound: bound,
		Message: bound + " exceeds the limit of " + itoa(limit) + " (jinja.Limits." + bound + ")",
	}
}

// meter counts what one rendering uses.
type meter struct {
	limits Limits
	steps  int
	memory int
}

// step counts n passes of a loop, or items looked at.
func (m *meter) step(n int) error {
	m.steps += n
	if m.steps > m.limits.Iterations || n < 0 {
		return exceeded("OverflowError", "Iterations", m.limits.Iterations)
	}
	return nil
}

// scan counts looking at a text of n bytes, which is cheap until it is done a million times.
func (m *meter) scan(n int) error { return m.step(n >> 8) }

// size admits a text of n bytes, before or after it is made.
func (m *meter) size(n int) error {
	if n > m.limits.Output || n < 0 {
		return exceeded("MemoryError", "Output", m.limits.Output)
	}
	m.memory += n
	if m.memory > m.limits.Memory {
		return exceeded("MemoryError", "Memory", m.limits.Memory)
	}
	return nil
}

// itemSize is what one item of a list counts towards the sizes: the two words of an interface.
const itemSize = 16

// items admits a list of n items.
func (m *meter) items(n int) error {
	if n > math.MaxInt/itemSize {
		n = math.MaxInt / itemSize
	}
	return m.size(n * itemSize)
}

// product admits a text of n pieces of the given size, without overflowing.
func (m *meter) product(n, size int) error {
	if n > 0 && size > 0 && n > m.limits.Output/size {
		return exceeded("MemoryError", "Output", m.limits.Output)
	}
	return m.size(n * size)
}

// depth admits a value nested n levels deep.
func (m *meter) depth(n int) error {
	if n > m.limits.Depth {
		return exceeded("RecursionError", "Depth", m.limits.Depth)
	}
	return nil
}
