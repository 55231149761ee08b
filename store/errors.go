package store

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnavailable is wrapped by the error of a store that cannot be reached or has no more room. What was to be written may
// or may not have been; trying again is safe, since a second write of the same records is a [*ConflictError].
var ErrUnavailable = errors.New("the store is not available")

// ErrFull is wrapped, with [ErrUnavailable], by the error of a store that has no more room.
var ErrFull = errors.New("there is no more room")

// ErrClosed is returned by a store that was closed.
var ErrClosed = errors.New("the store was closed")

// Unavailable wraps the error of a database with [ErrUnavailable].
func Unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &unavailableError{err}
}

// Full wraps the error of a database with [ErrFull] and [ErrUnavailable].
func Full(err error) error { return Unavailable(fmt.Errorf("%w: %w", ErrFull, err)) }

type unavailableError struct{ cause error }

func (e *unavailableError) Error() string   { return ErrUnavailable.Error() + ": " + e.cause.Error() }
func (e *unavailableError) Unwrap() []error { return []error{ErrUnavailable, e.cause} }

// NotFoundError says that there is no such conversation.
type NotFoundError struct{ ID string }

// Error implements error.
func (e *NotFoundError) Error() string { return fmt.Sprintf("the store has no conversation %q", e.ID) }

// ExistsError says that there is such a conversation already.
type ExistsError struct{ ID string }

// Error implements error.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("the store has a conversation %q already", e.ID)
}

// NoDocumentError says that there is no such document.
type NoDocumentError struct{ Hash string }

// Error implements error.
func (e *NoDocumentError) Error() string {
	return fmt.Sprintf("the store has no document with the hash %q", e.Hash)
}

// ConflictError says that somebody else has written to a conversation: it has to be read again.
type ConflictError struct {
	ID string
	// After is what the writer knew, and Seq the last record that there is.
	After, Seq int64
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("conversation %s: somebody else went on with it, it has %d records and not %d; read it again",
		e.ID, e.Seq, e.After)
}

// LeasedError says that somebody else goes on with a conversation right now.
type LeasedError struct {
	ID    string
	Lease Lease
}

// Error implements error.
func (e *LeasedError) Error() string {
	return fmt.Sprintf("conversation %s: %s goes on with it, until %s at least; wait, or end that process",
		e.ID, e.Lease.By, e.Lease.Until.UTC().Format(time.RFC3339))
}

// CorruptError says that something that was stored is not what was written.
type CorruptError struct {
	// What is damaged: a record, the state, or a document.
	What string
	Err  error
}

// Error implements error.
func (e *CorruptError) Error() string { return fmt.Sprintf("%s is damaged: %v", e.What, e.Err) }

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// KeyError says that something is sealed with a key that the store was not given.
type KeyError struct{ Fingerprint string }

// Error implements error.
func (e *KeyError) Error() string {
	return fmt.Sprintf("it is sealed with the key %s, which was not given", e.Fingerprint)
}

// NewerError says that a newer version of this module has written a store. It was not touched.
type NewerError struct {
	// Version is that of the store, and Known the newest that this module knows.
	Version, Known int64
}

// Error implements error.
func (e *NewerError) Error() string {
	return fmt.Sprintf("the store has version %d and this release knows versions up to %d; use a newer release", e.Version, e.Known)
}
