package local_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/store/memory"
	"github.com/wayflow-go/wayflow/store/sqlite"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

var doc = &local.Document{Component: "fan", Hash: "hash", Data: []byte("{}")}

// counter counts how often each call was finished, by its key.
type counter struct {
	mu   sync.Mutex
	done map[string]int
}

func (c *counter) tool(name string) tool.Tool {
	return calls(name, func(ctx context.Context, _ *value.Object) (value.Value, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.done[tool.IdempotencyKey(ctx)]++
		return value.String(name + "'s answer"), nil
	})
}

func stored(tb testing.TB, s store.Store, c *counter) *local.Host {
	return hostWith(tb, fanOf(2, "a", "b", "c"), &local.Options{Store: s, Document: doc}, c.tool("a"), c.tool("b"), c.tool("c"))
}

func kept(t *testing.T, h *local.Host, id string) *local.Conversation {
	t.Helper()
	c, err := h.Start(id, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func outcome(t *testing.T, c *local.Conversation) string {
	t.Helper()
	status, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done, ok := status.(engine.Finished)
	if !ok {
		t.Fatalf("status %#v", status)
	}
	return fmt.Sprint(done.Outputs.Of(), texts(c.Messages()))
}

func texts(messages []message.Message) (all []string) {
	for i := range messages {
		all = append(all, messages[i].Text())
	}
	return all
}

// TestEveryPrefixOfAJournalGoesOn takes up a conversation after each of its records: the outcome is the same, and what is in
// the journal is not performed again.
func TestEveryPrefixOfAJournalGoesOn(t *testing.T) {
	t.Parallel()
	file, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, s := range map[string]store.Store{"memory": memory.New(), "sqlite": file} {
		c := &counter{done: map[string]int{}}
		h := stored(t, s, c)
		want := outcome(t, kept(t, h, "whole"))
		head, err := s.Conversation(t.Context(), "whole")
		if err != nil || head.Status != store.Finished || head.Seq != 4 || head.Lease.By != "" {
			t.Fatalf("%s: %+v, %v", name, head, err)
		}
		for at := int64(1); at <= head.Seq; at++ {
			id := fmt.Sprint("at", at)
			fork, err := h.Fork(t.Context(), "whole", at, id, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := outcome(t, fork); got != want {
				t.Errorf("%s: after record %d it came to %s, want %s", name, at, got, want)
			}
		}
		for _, err := range h.History(t.Context(), "whole", 0) {
			if err != nil {
				t.Error(err)
			}
		}
		if len(c.done) != 3+3+2+1 {
			t.Errorf("%s: calls %v", name, c.done)
		}
		for key, n := range c.done {
			if n != 1 {
				t.Errorf("%s: %s was called %d times", name, key, n)
			}
		}
	}
}

func TestAnotherDocumentIsRefused(t *testing.T) {
	t.Parallel()
	s := memory.New()
	c := &counter{done: map[string]int{}}
	begun := kept(t, stored(t, s, c), "c")
	other := hostWith(t, oneCall("a"), &local.Options{Store: s, Document: &local.Document{Hash: "other"}}, c.tool("a"))
	_, err := other.Open(t.Context(), "c")
	if _, ok := errors.AsType[*local.DocumentError](err); !ok {
		t.Errorf("Open() = %v", err)
	}
	edited := hostWith(t, oneCall("a"), &local.Options{Store: s, Document: doc}, c.tool("a"))
	outcome(t, begun)
	if _, err := edited.Open(t.Context(), "c"); err == nil {
		t.Error("a journal was replayed on another program")
	}
}

func mustOpen(t *testing.T, h *local.Host, id string) *local.Conversation {
	t.Helper()
	c, err := h.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheLoserOfARaceReadsAgain(t *testing.T) {
	t.Parallel()
	s := memory.New()
	c := &counter{done: map[string]int{}}
	h := stored(t, s, c)
	first := kept(t, h, "c")
	second := mustOpen(t, h, "c")
	if _, err := second.Run(t.Context()); !errors.As(err, new(*store.LeasedError)) {
		t.Fatalf("Run() of a conversation that is leased = %v", err)
	}
	want := outcome(t, first)
	if got := outcome(t, second); got != want {
		t.Errorf("the second came to %s, want %s", got, want)
	}
}

// TestWhatWasBegunIsAskedFor interrupts a tool that must not be called twice.
func TestWhatWasBegunIsAskedFor(t *testing.T) {
	t.Parallel()
	s := memory.New()
	ctx, cancel := context.WithCancel(t.Context())
	slow := tool.AskToRepeat(calls("a", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		cancel()
		<-ctx.Done()
		return value.Null, ctx.Err()
	}))
	h := hostWith(t, oneCall("a"), &local.Options{Store: s, Document: doc}, slow)
	c := kept(t, h, "c")
	if _, err := c.Run(ctx); !errors.As(err, new(*local.InterruptedError)) {
		t.Fatalf("Run() = %v", err)
	}
	c = mustOpen(t, h, "c")
	status, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := c.Requests()
	if _, ok := status.(engine.Waiting); !ok || len(open) != 1 || !open[0].ToolRequests.Lost {
		t.Fatalf("status %#v", status)
	}
	c = mustOpen(t, h, "c")
	call := c.Requests()[0].ToolRequests.Requests[0]
	if err := c.Answer(engine.Answer{ID: open[0].ID, Results: []message.ToolResult{{RequestID: call.ID, Content: value.String("it was")}}}); err != nil {
		t.Fatal(err)
	}
	if got := outcome(t, c); got != `{"out":"it was"} []` {
		t.Errorf("it came to %s", got)
	}
}
