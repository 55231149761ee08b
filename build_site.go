package wayflow

import (
	"fmt"
	"runtime"

	"github.com/wayflow-go/wayflow/spec"
)

// site is a place in Go source, as a program counter: taking one is cheap, and few are ever looked up.
type site uintptr

// here is the place that calls the exported function that calls here.
func here() site {
	var pc [1]uintptr
	runtime.Callers(3, pc[:])
	return site(pc[0])
}

// pos looks a site up.
func (s site) pos() spec.Pos {
	if s == 0 {
		return spec.Pos{}
	}
	frame, _ := runtime.CallersFrames([]uintptr{uintptr(s)}).Next()
	return spec.Pos{File: frame.File, Line: frame.Line}
}

// problem is a mistake that a call of a builder made. It is kept until [Build] can report it.
type problem struct {
	Diagnostic
	at site
}

func newProblem(at site, component, code, help, format string, args ...any) problem {
	return problem{Diagnostic{Code: code, Component: component, Message: fmt.Sprintf(format, args...), Help: help}, at}
}
