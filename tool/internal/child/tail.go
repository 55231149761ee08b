package child

import (
	"strings"
	"sync"
	"unicode"
)

// Tail is a writer that keeps the end of what is written to it. It is safe for concurrent use.
type Tail struct {
	max int

	mu   sync.Mutex
	data []byte // at most 2*max bytes; guarded by mu
}

// NewTail returns a Tail that keeps max bytes.
func NewTail(max int) *Tail { return &Tail{max: max} }

// Write implements [io.Writer]. It never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	if len(p) > t.max {
		p = p[len(p)-t.max:]
	}
	if len(t.data)+len(p) > 2*t.max {
		t.data = append(t.data[:0], t.data[len(t.data)-t.max:]...)
	}
	t.data = append(t.data, p...)
	return n, nil
}

// String returns the end of what was written, as valid UTF-8.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	data := t.data
	if len(data) > t.max {
		data = data[len(data)-t.max:]
	}
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

// LastLine returns the last line that is not blank, without the white space around it, or "" if there is none. Control
// characters, which could play with a terminal, are left out.
func (t *Tail) LastLine() string {
	text := strings.TrimSpace(t.String())
	text = text[strings.LastIndexAny(text, "\r\n")+1:]
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, text))
}
