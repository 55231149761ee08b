//go:build unix

package main

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// echo keeps a terminal from showing what is typed while nobody asks, which would get into the picture. Signals and
// what was typed are kept.
type echo struct {
	fd    int
	once  sync.Once
	saved *unix.Termios
}

// hideEcho turns the echo off, if the file is a terminal.
func hideEcho(in *os.File) *echo {
	e := &echo{fd: int(in.Fd())}
	state, err := unix.IoctlGetTermios(e.fd, getTermios)
	if err != nil {
		return e
	}
	quiet := *state
	quiet.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(e.fd, setTermios, &quiet) == nil {
		e.saved = state
	}
	return e
}

// restore turns it on again. A nil echo does nothing, and so does a second call.
func (e *echo) restore() {
	if e == nil {
		return
	}
	e.once.Do(func() {
		if e.saved != nil {
			_ = unix.IoctlSetTermios(e.fd, setTermios, e.saved)
		}
	})
}
