// Package store keeps conversations: for each a journal of what happened to it, in order, and what is needed to list it,
// to go on with it quickly and to see that only one process does. It does not know what the records mean.
//
// [Store] is implemented by package memory, for tests and for conversations that may end with the process; by package
// sqlite, a file on this machine; and by package postgres, which several machines share. Package storetest says, as
// tests, what all of them promise.
//
// # Promises
//
//  1. When a write returns without an error, it survives the end of the process and of the machine (not in memory).
//  2. A write happens as a whole or not at all. If it fails with [ErrUnavailable], which of the two is not known.
//  3. A journal has no gaps: a write says after which record it goes, and fails with a [*ConflictError] if another one
//     came first.
//  4. What comes back is what was written, or an error: each record, state and document has a checksum, or, with a
//     [Key], is sealed with it.
//  5. A store that a newer version of this package has written is refused with a [*NewerError] and not touched.
package store
