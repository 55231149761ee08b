package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// prompter reads lines that a person types, who can edit them and call up earlier ones.
type prompter struct {
	keys *keyboard
	out  *os.File
	term *term.Terminal

	mu    sync.Mutex // guards saved
	saved *term.State
}

func newPrompter(in, out *os.File) *prompter { return &prompter{keys: &keyboard{in: in}, out: out} }

// line reads a line. The error is [io.EOF] at Ctrl-D, or where nobody can type, and the cause of ctx, or a
// [*signalled], if the user wants to interrupt.
func (p *prompter) line(ctx context.Context) (string, error) {
	if !term.IsTerminal(int(p.keys.in.Fd())) {
		return "", io.EOF
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err := p.raw(); err != nil {
		return "", err
	}
	defer p.restore()
	if p.term == nil {
		p.term = term.NewTerminal(readWriter{p.keys, p.out}, "> ")
	}
	if w, h, err := term.GetSize(int(p.out.Fd())); err == nil && w > 0 && h > 0 {
		_ = p.term.SetSize(w, h) // lines then wrap where they do
	}
	// Nothing can break off the read of a terminal; if ctx does, the goroutine is left to the end of the process.
	typed := make(chan typedLine, 1)
	go func() {
		text, err := p.term.ReadLine()
		typed <- typedLine{text, err}
	}()
	select {
	case l := <-typed:
		return p.ended(l)
	case <-ctx.Done():
		_, _ = io.WriteString(p.out, "\r\n")
		return "", context.Cause(ctx)
	}
}

type typedLine struct {
	text string
	err  error
}

func (p *prompter) ended(l typedLine) (string, error) {
	if l.err == nil || errors.Is(l.err, term.ErrPasteIndicator) {
		return l.text, nil
	}
	_, _ = io.WriteString(p.out, "\r\n")
	if p.keys.last == ctrlC {
		return "", &signalled{os.Interrupt}
	}
	return "", l.err
}

// raw makes the terminal hand over each key.
func (p *prompter) raw() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	state, err := term.MakeRaw(int(p.keys.in.Fd()))
	p.saved = state
	return err
}

// restore undoes raw. It may be called again, and from another goroutine.
func (p *prompter) restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.saved != nil {
		_ = term.Restore(int(p.keys.in.Fd()), p.saved)
		p.saved = nil
	}
}

// ctrlC is what the key sends in raw mode.
const ctrlC = 3

// keyboard remembers the last key, which [term.Terminal] does not tell.
type keyboard struct {
	in   *os.File
	last byte
}

func (k *keyboard) Read(p []byte) (int, error) {
	n, err := k.in.Read(p)
	if n > 0 {
		k.last = p[n-1]
	}
	return n, err
}

type readWriter struct {
	io.Reader
	io.Writer
}
