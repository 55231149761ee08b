// Package datastore says what a datastore of a document does (Agent Spec 26.1.2, "Datastore"): it keeps
// entities, objects with properties, in collections, each of which has a type for its entities. Package
// datastore/memory keeps them in the memory of the process.
//
// The package knows nothing of flows; a host performs their effects with a [Datastore].
package datastore

import (
	"context"
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/value"
)

// Datastore keeps entities. It is safe for concurrent use: each call happens at one moment, before or after any other.
// Errors are an [*Error], or that of the context.
//
// Conditions are values that properties of an entity must have, all of them. No condition at all, an object without
// members, lists nothing in memory; a relational datastore may see that differently. Nothing is changed or removed without
// one: that is an error everywhere, see [CheckWhere].
type Datastore interface {
	// List returns the entities that fit, in the order in which they were created, at most limit of them. Where nil means
	// all, a negative limit no bound.
	List(ctx context.Context, collection string, where *value.Object, limit int) ([]*value.Object, error)
	// Create adds entities, all or none, and returns them with their defaults filled in.
	Create(ctx context.Context, collection string, entities ...*value.Object) ([]*value.Object, error)
	// Update changes properties of the entities that fit, and returns these entities as they are then. There must be a
	// condition.
	Update(ctx context.Context, collection string, where, update *value.Object) ([]*value.Object, error)
	// Delete removes the entities that fit; it is no error if there are none. There must be a condition.
	Delete(ctx context.Context, collection string, where *value.Object) error
}

// CheckWhere reports conditions without which entities must not be changed or removed: in the reference that would mean
// none of them in memory, and all of them in a database.
func CheckWhere(where *value.Object) error {
	if where.Len() > 0 {
		return nil
	}
	return Errorf(EntityError, "there is no condition that says which entities are meant; name a property and the value that it must have")
}

// Relational is a [Datastore] that understands SQL.
type Relational interface {
	Datastore
	// Query runs a query, in which :name stands for the value that bind has by that name, and returns its rows.
	Query(ctx context.Context, query string, bind *value.Object) ([]*value.Object, error)
}

// Searcher is a [Datastore] that finds entities by meaning.
type Searcher interface {
	Datastore
	// Search returns the entities nearest to a text, the nearest first, without their vectors and with a property _score,
	// which is larger for nearer ones. Conditions count before the nearest are chosen.
	Search(ctx context.Context, s Search) ([]*value.Object, error)
}

// Search is what a [Searcher] looks for. One of Collection and Config must be given.
type Search struct {
	// Query is the text to find.
	Query string
	// Collection is the collection to search, Config the name of the search configuration to use.
	Collection, Config string
	// K is how many entities to find; 0 means [DefaultK].
	K int
	// Where are values that properties must have; nil means all entities.
	Where *value.Object
	// Exclude are properties to leave out of the result.
	Exclude []string
}

// DefaultK is how many entities a search finds unless told otherwise.
const DefaultK = 3

// Top is K or its default.
func (s *Search) Top() int {
	if s.K <= 0 {
		return DefaultK
	}
	return s.K
}

// Error is a failure of a datastore.
type Error struct {
	// Class is the kind of failure, by the name of the exception of the reference: what documents catch.
	Class   string
	Message string
	// Err is the cause, if there is one.
	Err error
}

// The classes of failures.
const (
	KeyError            = "DatastoreKeyError"                 // there is no such collection
	EntityError         = "DatastoreEntityError"              // an entity, or a condition, does not fit its type
	TypeError           = "DatastoreTypeError"                // a relational datastore was given a value of another type
	ConstraintError     = "DatastoreConstraintViolationError" // a rule of the database forbids it
	NotImplementedError = "DatastoreNotImplementedError"      // this datastore cannot do it
	SearchError         = "ValueError"                        // a search that the configuration does not allow
)

// above are the wider classes of each, nearest first.
var above = map[string][]string{
	KeyError:            {"DatastoreError", "KeyError", "LookupError"},
	EntityError:         {"DatastoreError", "ValueError"},
	TypeError:           {"DatastoreError", "TypeError"},
	ConstraintError:     {"DatastoreError", "ValueError"},
	NotImplementedError: {"DatastoreError", "NotImplementedError", "RuntimeError"},
}

// Errorf returns an error of a class. %w may wrap a cause.
func Errorf(class, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Class: class, Message: err.Error(), Err: errors.Unwrap(err)}
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrorClass returns the class.
func (e *Error) ErrorClass() string { return e.Class }

// Ancestors returns the wider classes, nearest first.
func (e *Error) Ancestors() []string { return above[e.Class] }
