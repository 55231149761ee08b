package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signalled is the cause of the end of a run that a signal interrupted.
type signalled struct{ signal os.Signal }

func (s *signalled) Error() string {
	if s.signal == os.Interrupt {
		return "Ctrl-C"
	}
	return "signal " + s.signal.String()
}

// interrupts makes signals end a context. Its goroutine ends with [interrupts.stop], which waits for it.
type interrupts struct {
	signals chan os.Signal
	gone    chan struct{}
	cancel  context.CancelCauseFunc
	// onFirst runs when the context has ended, onSecond before the process ends.
	onFirst, onSecond func()
}

// interruptible returns a context that the first Ctrl-C, or a request to terminate, ends, with a [*signalled] as its
// cause. The second one ends the process.
func interruptible(parent context.Context, onFirst, onSecond func()) (context.Context, *interrupts) {
	ctx, cancel := context.WithCancelCause(parent)
	in := &interrupts{
		signals: make(chan os.Signal, 2), gone: make(chan struct{}), cancel: cancel, onFirst: onFirst, onSecond: onSecond,
	}
	signal.Notify(in.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go in.watch()
	return ctx, in
}

func (in *interrupts) watch() {
	defer close(in.gone)
	first, ok := <-in.signals
	if !ok {
		return
	}
	in.cancel(&signalled{first})
	in.onFirst()
	if second, ok := <-in.signals; ok {
		in.onSecond()
		os.Exit(int(codeOf(&signalled{second})))
	}
}

func (in *interrupts) stop() {
	signal.Stop(in.signals)
	close(in.signals)
	<-in.gone
	in.cancel(nil)
}
