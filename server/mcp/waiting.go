package mcp

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow"
)

// held is a conversation that waits to be continued.
type held struct {
	tool     *served
	conv     *wayflow.Conversation
	question *question
}

// waiting are the conversations that wait, by ids that nobody can guess.
type waiting struct {
	keep time.Duration
	most int

	mu    sync.Mutex // guards what follows
	all   map[string]*held
	order []string // the oldest first
	ends  map[string]*time.Timer
}

// add keeps a conversation and returns its id.
func (w *waiting) add(h *held) string {
	id := rand.Text()
	w.put(id, h)
	return id
}

func (w *waiting) put(id string, h *held) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ends == nil {
		w.ends = map[string]*time.Timer{}
	}
	for len(w.order) >= w.most {
		w.release(w.order[0])
	}
	w.all[id] = h
	w.order = append(w.order, id)
	w.ends[id] = time.AfterFunc(w.keep, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.release(id)
	})
}

// take returns a conversation, which is not kept any more; nil if there is none.
func (w *waiting) take(id string) *held {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.remove(id)
}

func (w *waiting) remove(id string) *held {
	h := w.all[id]
	if h == nil {
		return nil
	}
	w.ends[id].Stop()
	delete(w.all, id)
	delete(w.ends, id)
	w.order = slices.DeleteFunc(w.order, func(other string) bool { return other == id })
	return h
}

// release gives a conversation up.
func (w *waiting) release(id string) {
	if h := w.remove(id); h != nil {
		h.conv.Release()
	}
}

// drop gives all of them up.
func (w *waiting) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.order) > 0 {
		w.release(w.order[0])
	}
}
