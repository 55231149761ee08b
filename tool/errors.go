package tool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The classes of failures that this package and those below it report, named as in Python. Tools may report others.
const (
	RuntimeError      = "RuntimeError"      // the tool said that it failed
	ToolFailed        = "ToolFailed"        // a program said so, by its exit code: a RuntimeError
	TypeError         = "TypeError"         // an input is missing, unknown, or of the wrong type
	ValueError        = "ValueError"        // an input or a result has the right type and still will not do
	TimeoutError      = "TimeoutError"      // the time allowed for the call ran out
	ChildProcessError = "ChildProcessError" // the process that ran the tool could not be started, or died
)

// ancestors lists the classes above those that have any besides Exception.
var ancestors = map[string][]string{
	ToolFailed:            {RuntimeError},
	TimeoutError:          {"OSError"},
	ChildProcessError:     {"OSError"},
	"FileNotFoundError":   {"OSError"},
	"PermissionError":     {"OSError"},
	"ConnectionError":     {"OSError"},
	"KeyError":            {"LookupError"},
	"IndexError":          {"LookupError"},
	"ZeroDivisionError":   {"ArithmeticError"},
	"OverflowError":       {"ArithmeticError"},
	"NotImplementedError": {"RuntimeError"},
	"RecursionError":      {"RuntimeError"},
	"UnicodeDecodeError":  {"UnicodeError", "ValueError"},
}

// Error is a failure inside a tool. Every tool of this module reports its failures as one; catch nodes go by its class.
type Error struct {
	// Tool is the name of the tool.
	Tool string
	// Class names the kind of failure. It is stable: RuntimeError, ValueError, TimeoutError and so on.
	Class string
	// Ancestors are the classes above Class, nearest first, as far as the tool knows them; see [Error.Classes].
	Ancestors []string
	// Message is the tool's own text. It is what a document sees of the failure.
	Message string
	// Stack says where it happened. It is for traces and never part of the message.
	Stack string
	// Err is the error that a Go function returned, or nil.
	Err error
}

// Error names the tool and gives its message, or the class if there is none.
func (e *Error) Error() string {
	text := e.Message
	if text == "" {
		text = e.Class
	}
	return fmt.Sprintf("tool %q: %s", e.Tool, text)
}

// Unwrap returns the error that a Go function returned.
func (e *Error) Unwrap() error { return e.Err }

// Classes returns the class and those above it, nearest first, Exception last.
func (e *Error) Classes() []string {
	above := e.Ancestors
	if above == nil {
		above = ancestors[e.Class]
	}
	classes := append([]string{e.Class}, above...)
	if !slices.Contains(classes, "Exception") {
		classes = append(classes, "Exception")
	}
	return classes
}

// Classed is implemented by errors of Go functions that want to be caught by a class of their own. An error that does
// not implement it, and wraps none that does, has the class [RuntimeError].
type Classed interface {
	error
	// ErrorClass returns the class, such as "OutOfStock".
	ErrorClass() string
}

// fail returns the failure that the error of a Go function stands for.
func fail(name string, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok && e.Tool == name {
		return e
	}
	class := RuntimeError
	if c, ok := errors.AsType[Classed](err); ok {
		class = c.ErrorClass()
	} else if errors.Is(err, context.DeadlineExceeded) {
		class = TimeoutError
	}
	return &Error{Tool: name, Class: class, Message: err.Error(), Err: err}
}

// Failf returns a failure of the named tool.
func Failf(name, class, format string, args ...any) *Error {
	return &Error{Tool: name, Class: class, Message: fmt.Sprintf(format, args...)}
}

// errTimeout is the cause of contexts that ran into a tool's own timeout.
var errTimeout = errors.New("the tool's time is up")

// WithTimeout bounds a call by the tool's own timeout, unless that is 0. When the call has ended because the context
// did, [Stopped] says what it comes to.
func WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, d, errTimeout)
}

// Stopped returns the error of a call that ended because ctx, made by [WithTimeout], is done: an [*Error] of class
// TimeoutError if time ran out, and otherwise an error that wraps the context's cause.
func Stopped(ctx context.Context, name string, timeout time.Duration) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errTimeout):
		e := Failf(name, TimeoutError, "no answer within %s; set a longer timeout for the tool if it needs one", timeout)
		e.Err = context.DeadlineExceeded
		return e
	case errors.Is(cause, context.DeadlineExceeded):
		e := Failf(name, TimeoutError, "no answer before the deadline")
		e.Err = cause
		return e
	}
	return fmt.Errorf("tool %q: %w", name, cause)
}

// isContextError reports whether err says no more than that ctx is done.
func isContextError(ctx context.Context, err error) bool {
	return errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))
}
