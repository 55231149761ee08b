package spec

import (
	"cmp"
	"slices"
	"strings"
)

// Severity says how bad a finding is.
type Severity uint8

// The severities.
const (
	// Error means that the document cannot be used.
	Error Severity = iota
	// Warning means that the document can be used, but perhaps not as its author meant.
	Warning
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one finding about a document.
type Diagnostic struct {
	Severity Severity
	// Code names the kind of finding for programs, such as "missing-field". It never changes once released.
	Code string
	// Pos is where it was found; it is zero for what was not read from a document.
	Pos Pos
	// Message says what is wrong, Help how to mend it (may be empty).
	Message, Help string
	// Component is the id of the component that it is about, if any.
	Component string
}

// String returns "file:line:column: severity code: what; how to mend it".
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.Pos != (Pos{}) {
		b.WriteString(d.Pos.String())
		b.WriteString(": ")
	}
	b.WriteString(d.Severity.String())
	b.WriteByte(' ')
	b.WriteString(d.Code)
	b.WriteString(": ")
	b.WriteString(d.Message)
	if d.Help != "" {
		b.WriteString("; ")
		b.WriteString(d.Help)
	}
	return b.String()
}

// Diagnostics are all findings about a document. As an error it reads one finding a line.
type Diagnostics []Diagnostic

// Error implements error.
func (ds Diagnostics) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// HasErrors reports whether any of the findings is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders the findings by position; those of one place keep their order.
func (ds Diagnostics) Sort() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
}
