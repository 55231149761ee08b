package wayflow

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/wayflow-go/wayflow/host/local"
)

// DocumentError says that a stored conversation began with another document than that of the app.
type DocumentError = local.DocumentError

var errNoStore = errors.New("the app has no store; give it one with WithStore")

// stored returns the host of an app that has a store.
func (a *App) stored() (*local.Host, error) {
	if a.opts.store == nil {
		return nil, errNoStore
	}
	return a.host()
}

// Open takes up a conversation from the store of the app, see [WithStore], after a crash or whenever. The error is a
// [*DocumentError] if it began with another document, and a [store.NotFoundError] if it is not there. What was in flight
// when its last process ended is done again when it runs, with the same idempotency keys.
func (a *App) Open(ctx context.Context, id string) (*Conversation, error) {
	host, err := a.stored()
	if err != nil {
		return nil, err
	}
	c, err := host.Open(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("open conversation: %w", err)
	}
	return &Conversation{local: c, app: a}, nil
}

// History replays a stored conversation, without performing anything, and yields what happened in it. It checks that the
// document decides what the journal has; if it does not, the last error says so. At is the number of the record to stop
// after; 0 means all.
func (a *App) History(ctx context.Context, id string, at int64) iter.Seq2[Event, error] {
	host, err := a.stored()
	if err != nil {
		return func(yield func(Event, error) bool) { yield(Event{}, err) }
	}
	return host.History(ctx, id, at)
}

// Fork makes a new conversation of the first records of a stored one, up to the record with the number at, or all if that
// is 0, and changes variables of its flow before it goes on.
func (a *App) Fork(ctx context.Context, id string, at int64, variables Inputs) (*Conversation, error) {
	host, err := a.stored()
	if err != nil {
		return nil, err
	}
	set, err := variables.object()
	if err != nil {
		return nil, err
	}
	c, err := host.Fork(ctx, id, at, newID(), set)
	if err != nil {
		return nil, fmt.Errorf("fork conversation: %w", err)
	}
	return &Conversation{local: c, app: a}, nil
}
