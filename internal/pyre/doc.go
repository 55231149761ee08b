// Package pyre matches regular expressions as Python's module re does: its syntax, its flags, its matches and its groups,
// look-around, back-references, conditions, atomic groups and possessive repeats included.
//
//	p, err := pyre.Compile(`(?P<year>\d{4})-\1`, 0)
//	matches, err := p.FindAll("2024-2024")
//
// A match is a pure function of pattern and text. Backtracking may take more time than there is, so it is bounded, in
// steps ([MaxSteps]) and in memory ([MaxChoices]), counted and not measured: what fails on one machine fails on all.
// Patterns that need no backtracking are handed to package regexp, whose time grows with the text alone, where both
// understand the same by them; see linear.go.
//
// What differs from Python is listed in docs/python-fidelity.md.
package pyre
