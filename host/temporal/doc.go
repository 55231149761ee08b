// Package temporal runs conversations as workflows of a Temporal server: the machine of package engine is the workflow, its
// effects are activities, and an answer to an open request is an update. A conversation so survives the end of any
// process, moves between workers, and needs no other store: its history is the journal.
//
// A [Worker] serves documents; a [Client] starts conversations and goes on with them. Both know a document by its hash, and
// a conversation keeps the one it began with: a worker that serves a newer version leaves it to one that serves its own.
//
// # How effects are performed
//
// An effect becomes an activity, repeated under the same idempotency key if its worker dies: workers send heartbeats, so that is
// noticed within seconds. An effect that cannot take long, by the bound that its tool declares, becomes a local activity, which
// costs no round trips to the server. Where more wait than a workflow may have pending at a time, child workflows perform them
// in batches. Before a history grows too long, the conversation goes on in a new run, from a snapshot.
package temporal
