package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Store keeps conversations. Its methods may be called from any goroutine.
type Store interface {
	// Create adds a conversation with its first records. The fields Created, Updated and Seq of c are set by it. The
	// error is an [*ExistsError] if there is one of this ID, and a [*NoDocumentError] if its document is not there yet.
	Create(ctx context.Context, c Conversation, w Write) error
	// Append adds to the journal of a conversation, see [Write]. The error is a [*NotFoundError], a [*ConflictError] or a
	// [*LeasedError] if it may not.
	Append(ctx context.Context, id string, w Write) error
	// Conversation returns what is known of a conversation; the error may be a [*NotFoundError].
	Conversation(ctx context.Context, id string) (Conversation, error)
	// Records returns the records after one, in order: all of them, or at most limit if that is positive.
	Records(ctx context.Context, id string, after int64, limit int) ([]Record, error)
	// State returns the newest state that was stored, and the number of the last record that it includes: 0 if there is
	// none. The error may be a [*CorruptError]; the journal is whole all the same.
	State(ctx context.Context, id string) (state []byte, seq int64, err error)
	// List returns conversations, newest first.
	List(ctx context.Context, q Query) (Page, error)
	// PutDocument keeps a document by the hash that identifies it, if it is not there yet.
	PutDocument(ctx context.Context, hash string, document []byte) error
	// Document returns a document by its hash; the error may be a [*NoDocumentError].
	Document(ctx context.Context, hash string) ([]byte, error)
	// Delete removes conversations with all that belongs to them, and the documents that none has any more. Those that
	// are not there are no error.
	Delete(ctx context.Context, ids ...string) error
	// Close ends the store. Writes that have begun are finished first.
	Close() error
}

// Conversation is what a store knows of a conversation, besides its journal.
type Conversation struct {
	ID string
	// Component is the name of the component that runs, and Document the hash of its document.
	Component, Document string
	// ForkOf and ForkAt tell of which conversation, and after which of its records, this one is a fork.
	ForkOf string
	ForkAt int64

	Status Status
	// WaitingFor says as JSON what is waited for; nil if nothing is.
	WaitingFor json.RawMessage
	Created    time.Time
	// Updated is the time of the last write.
	Updated time.Time
	// Seq is the number of the last record.
	Seq int64
	// Lease is who goes on with it; the zero Lease if nobody does.
	Lease Lease
}

// Status says, in a word, where a conversation stands.
type Status string

// The statuses.
const (
	// Running is one that some process goes on with, or did when it ended: then it is to be resumed.
	Running Status = "running"
	// Waiting is one that waits for somebody.
	Waiting Status = "waiting"
	// Finished is one that has ended.
	Finished Status = "finished"
	// Failed is one of which a step failed; it may be tried again.
	Failed Status = "failed"
)

// Record is an entry of a journal.
type Record struct {
	// Seq counts the records of a conversation from 1. It is set by the store.
	Seq int64
	// Time is when it happened, in microseconds.
	Time time.Time
	// Data is JSON that the store does not look into.
	Data []byte
}

// Write is what is written at once: records, if there are any, and how the conversation stands after them.
type Write struct {
	// After is the number of the last record that the writer knows.
	After   int64
	Records []Record

	Time       time.Time // of the write
	Status     Status
	WaitingFor json.RawMessage

	// By names who writes; a conversation that somebody else holds a lease on is not written to. For how long the lease
	// is after the write: 0 if it is given up.
	By  string
	For time.Duration
	// From is a holder that is known to be dead, from whom the lease may be taken.
	From string

	// State is the whole state after the records, in place of the one that was stored before; nil keeps that.
	State []byte
}

// Lease says who goes on with a conversation. It keeps two processes from doing the same work; what makes a second one
// harmless is that a journal has no gaps.
type Lease struct {
	By    string
	Until time.Time
}

// Held reports whether somebody other than by holds it at a time.
func (l Lease) Held(by string, at time.Time) bool {
	return l.By != "" && l.By != by && at.Before(l.Until)
}

// Query says which conversations to list. A zero field means all.
type Query struct {
	Status    Status
	Component string
	// UpdatedBefore leaves out those that were written to at this time or later.
	UpdatedBefore time.Time
	// Limit is how many to return at most; default [DefaultLimit].
	Limit int
	// After is the Next of the page before.
	After string
}

// Size is how many conversations a page has at most.
func (q *Query) Size() int {
	if q.Limit > 0 {
		return q.Limit
	}
	return DefaultLimit
}

// DefaultLimit is how many conversations a page has.
const DefaultLimit = 100

// Page is a part of a list.
type Page struct {
	Conversations []Conversation
	// Next gets the next page, see [Query.After]; empty if this is the last.
	Next string
}

// Expire deletes conversations that have ended, well or not, and were not written to since a time. It returns how many.
func Expire(ctx context.Context, s Store, before time.Time) (int, error) {
	deleted := 0
	for _, status := range []Status{Finished, Failed} {
		for {
			page, err := s.List(ctx, Query{Status: status, UpdatedBefore: before, Limit: 1_000})
			if err != nil {
				return deleted, err
			}
			ids := make([]string, len(page.Conversations))
			for i, c := range page.Conversations {
				ids[i] = c.ID
			}
			if err := s.Delete(ctx, ids...); err != nil {
				return deleted, err
			}
			deleted += len(ids)
			if page.Next == "" {
				break
			}
		}
	}
	return deleted, nil
}

// Cursor makes the [Page.Next] of a page that ends with a conversation, of the numbers that a store gives them.
func Cursor(number int64) string { return strconv.FormatInt(number, 10) }

// ParseCursor returns the number that a page goes on below, from [Query.After].
func ParseCursor(after string) (int64, error) {
	if after == "" {
		return math.MaxInt64, nil
	}
	number, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q does not come from a page of a list", after)
	}
	return number, nil
}
