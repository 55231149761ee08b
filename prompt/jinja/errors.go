package jinja

import (
	"errors"
	"fmt"
	"strings"
)

// SyntaxError says why and where a text is not a template. [Parse] returns it.
type SyntaxError struct {
	// Line and Column count from 1; the column counts characters.
	Line, Column int
	Message      string
	// Class is the Python exception class that the reference raises, as in [RenderError].
	Class string
}

// Error implements error.
func (e *SyntaxError) Error() string { return position(e.Line, e.Column) + e.Message }

// RenderError says why a template could not be rendered, and where in its text. The Render methods return it.
type RenderError struct {
	// Line and Column count from 1; they are 0 where the error has no place in the template.
	Line, Column int
	Message      string
	// Class is the Python exception class that the reference raises in the same case (SecurityException,
	// UndefinedError, TypeError, ZeroDivisionError, ...), for those who catch errors by class.
	Class string
	// Bound is the field of [Limits] that was exceeded, or empty.
	Bound string
}

// Error implements error.
func (e *RenderError) Error() string { return position(e.Line, e.Column) + e.Message }

func position(line, column int) string {
	if line == 0 {
		return "template: "
	}
	return fmt.Sprintf("template line %d, column %d: ", line, column)
}

// raise returns an error of the given Python class that has no position yet.
func raise(class, format string, args ...any) error {
	return &RenderError{Class: class, Message: fmt.Sprintf(format, args...)}
}

func typeError(format string, args ...any) error { return raise("TypeError", format, args...) }

func securityError(format string, args ...any) error {
	return raise("SecurityException", format, args...)
}

// hasClass reports whether err is a rendering error of one of the given Python classes.
func hasClass(err error, classes ...string) bool {
	e, ok := errors.AsType[*RenderError](err)
	return ok && contains(classes, e.Class)
}

// errImpossible says that an expression has no value at compile time (reference: nodes.Impossible).
var errImpossible = errors.New("not a constant")

// isRefusal reports whether err refuses the template, rather than leaving an expression to the rendering.
func isRefusal(err error) bool { return err != nil && !errors.Is(err, errImpossible) }

// at gives err the position of the node it came from, unless an inner node did so already.
func (src *source) at(pos int, err error) error {
	if e, ok := errors.AsType[*RenderError](err); ok && e.Line == 0 {
		e.Line, e.Column = src.position(pos)
	}
	return err
}

// source is the text of a template after newlines were normalised.
type source struct{ text string }

// position turns a byte offset into line and column, both from 1.
func (src *source) position(pos int) (line, column int) {
	pos = min(pos, len(src.text))
	before := src.text[:pos]
	return strings.Count(before, "\n") + 1, runeCount(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}

// fail makes a syntax error of the given class at a byte offset.
func (src *source) fail(class string, pos int, format string, args ...any) error {
	line, column := src.position(pos)
	return &SyntaxError{Line: line, Column: column, Message: fmt.Sprintf(format, args...), Class: class}
}

// asSyntaxError turns an error that came up while compiling into one about the text.
func (src *source) asSyntaxError(err error) error {
	e, ok := errors.AsType[*RenderError](err)
	if !ok {
		return err
	}
	return &SyntaxError{Line: e.Line, Column: e.Column, Message: e.Message, Class: e.Class}
}
