package engine

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// Error is a failure of a step.
type Error struct {
	// Class is the kind of failure, by the name of the exception that the reference raises (ValueError, RuntimeError,
	// TypeError, TimeoutError ...): what documents match when they catch it.
	Class string `json:"class"`
	// Ancestors are the wider classes that it belongs to, nearest first.
	Ancestors []string `json:"ancestors,omitempty"`
	Message   string   `json:"message"`
	// Stack is where in a tool's code it happened, for traces; it is never part of the message.
	Stack string `json:"stack,omitempty"`
	// Path are the names of the nodes that lead to the one that failed, that one last.
	Path []string `json:"path,omitempty"`
	// Pos is where the document defines that node.
	Pos spec.Pos `json:"pos,omitzero"`
	// Err is what caused it, if the failure happened in this process.
	Err error `json:"-"`
}

// Error says where the failure happened and why.
func (e *Error) Error() string {
	if len(e.Path) == 0 {
		return e.Message
	}
	where := ""
	if e.Pos != (spec.Pos{}) {
		where = " (" + e.Pos.String() + ")"
	}
	return fmt.Sprintf("node %q%s: %s", strings.Join(e.Path, " > "), where, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Names of classes, as the reference uses them.
const (
	classValue   = "ValueError"
	classType    = "TypeError"
	classRuntime = "RuntimeError"
	classKey     = "KeyError"
)

// errorf returns an error of a class.
func errorf(class, format string, args ...any) *Error {
	return &Error{Class: class, Message: fmt.Sprintf(format, args...)}
}

// stepError makes what went wrong inside a step an [Error].
func stepError(err error) *Error {
	var known *Error
	var render *jinja.RenderError
	var cast *value.CastError
	var transform *prompt.TransformError
	var answer *prompt.AnswerError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &render):
		return &Error{Class: render.Class, Message: "template " + render.Error(), Err: err}
	case errors.As(err, &transform):
		return &Error{Class: transform.Class, Message: "prompt: " + err.Error(), Err: err}
	case errors.As(err, &answer):
		return &Error{Class: answerClass(answer), Message: err.Error(), Err: err}
	case errors.As(err, &cast):
		return &Error{Class: classType, Message: err.Error(), Err: err}
	}
	return &Error{Class: classRuntime, Message: err.Error(), Err: err}
}

// answerClass is the class of a failure to answer in the form that was asked for.
func answerClass(e *prompt.AnswerError) string {
	if e.Strict {
		return "StructuredOutputValidationError"
	}
	return classValue
}

// InputError says that a conversation cannot begin with the inputs it was given.
type InputError struct {
	// Input is the name of the input.
	Input string
	// Problem says what is wrong with it, and Help what to do.
	Problem, Help string
	// Err is the cause, if there is one.
	Err error
}

// Error implements error.
func (e *InputError) Error() string {
	return fmt.Sprintf("input %q %s; %s", e.Input, e.Problem, e.Help)
}

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

// StateError says that an event does not fit the state of the conversation; the state is as it was before.
type StateError struct{ Problem string }

// Error implements error.
func (e *StateError) Error() string { return e.Problem }

func stateErrorf(format string, args ...any) error { return &StateError{fmt.Sprintf(format, args...)} }
