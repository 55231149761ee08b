package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/tool/toolsfile"
)

// exitCode is what the process ends with.
type exitCode int

const (
	exitOK     exitCode = 0 // finished, or waiting for someone
	exitFailed exitCode = 1 // execution failed
	exitUsage  exitCode = 2 // the document or the use of the command is wrong
	// exitSignal and the number of a signal is the code of a run that the signal interrupted, as shells have it.
	exitSignal exitCode = 128
)

// usageError says that the command was used wrongly.
type usageError struct{ problem string }

func (e *usageError) Error() string { return e.problem }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// fileError says that a file that the command line names cannot be read.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return fmt.Sprintf("read %s: %v", e.path, e.err) }

func (e *fileError) Unwrap() error { return e.err }

func newFileError(path string, err error) error { return &fileError{path, cause(err)} }

// cause drops the name of the file from an error of the operating system.
func cause(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

// shown is an error that the document on the standard output already tells of.
type shown struct{ error }

func (s *shown) Unwrap() error { return s.error }

// reported is an error that the user has been told of already.
type reported struct{ code exitCode }

func (reported) Error() string { return "" }

// isShown reports whether nothing needs to be printed on the standard output any more.
func isShown(err error) bool {
	_, isShown := errors.AsType[*shown](err)
	_, isReported := errors.AsType[reported](err)
	return isShown || isReported
}

// codeOf tells whose fault an error is. Only this function knows.
func codeOf(err error) exitCode {
	if err == nil {
		return exitOK
	}
	if done, ok := errors.AsType[reported](err); ok {
		return done.code
	}
	if s, ok := errors.AsType[*signalled](err); ok {
		if number, ok := s.signal.(syscall.Signal); ok {
			return exitSignal + exitCode(number)
		}
		return exitFailed
	}
	if usageType(err) != "" {
		return exitUsage
	}
	return exitFailed
}

// usageType names, for the JSON document, what is wrong with the document or the use of the command; empty if it is
// neither.
func usageType(err error) string {
	if _, ok := errors.AsType[*usageError](err); ok {
		return "UsageError"
	}
	if _, ok := errors.AsType[*fileError](err); ok {
		return "FileError"
	}
	if _, ok := errors.AsType[*toolsfile.Error](err); ok {
		return "ToolsError"
	}
	if _, ok := errors.AsType[wayflow.Diagnostics](err); ok {
		return "DocumentError"
	}
	if _, ok := errors.AsType[*inputErrors](err); ok {
		return "InputError"
	}
	if _, ok := errors.AsType[*wayflow.InputError](err); ok {
		return "InputError"
	}
	if _, ok := errors.AsType[*wayflow.BindError](err); ok {
		return "BindError"
	}
	return ""
}

// report tells the user about an error. Findings begin with their place, so that editors find it; anything else with
// the name of the command.
func report(w io.Writer, err error) {
	if err == nil || err.Error() == "" {
		return
	}
	prefix := "wayflow: "
	if _, ok := errors.AsType[wayflow.Diagnostics](err); ok {
		prefix = ""
	}
	if _, ok := errors.AsType[*wayflow.BindError](err); ok {
		prefix = ""
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(w, "%s%s\n", prefix, line)
	}
}
