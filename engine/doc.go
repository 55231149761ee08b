// Package engine is the machine that runs a compiled program. It is pure: given a state and an event it computes the
// next state and the effects that the world should perform, and nothing else. It reads no clock, starts no goroutine
// and does no I/O, so one sequence of events always gives one result, on any host, on any day.
//
// A [Machine] is the state of one conversation: a tree of frames. A flow that runs is a frame; so is a parallel node,
// whose branches are frames below it. [Machine.Advance] takes an [Event]: the conversation begins, an effect is done,
// a person answers. Steps that need nothing from outside run at once, up to where the conversation waits; what it waits
// for is either an [Effect], which the host performs and reports back, or a [Request], which somebody answers.
//
// # Invariants
//
//  1. An effect or a request has an ID that says where in the tree it is waited for: the counts of steps and the
//     numbers of branches on the way from the root. It does not depend on the order of events, so it serves as an
//     idempotency key too. An event with an ID that nobody waits for changes nothing.
//  2. The frames below a parallel node do not see each other. Each adds messages to an overlay of its own; at the join
//     the overlays and the outputs are merged in the order in which the document lists the branches. When a branch
//     fails, the branches after it are cancelled and those before it run on, since one of them may fail too: the error
//     is that of the first failing branch in the document's order, whatever the timing.
//     Context providers are asked in the same way, before the node that uses them runs: each is a branch below that node,
//     and its value lies in the node's inputs afterwards, until the visit ends.
//     Where branches may ask (allow_questions), the requests of all are open at the same time and are answered in any
//     order; a branch that is cancelled withdraws its request, and a retry opens it again.
//     The calls of one turn of an agent are branches of the same kind. Their results become messages in the order of the
//     calls, each as soon as all before it have come, and a failure is a result unless the agent raises exceptions. What an
//     agent that another one calls remembers lies with its caller, or with its team, and a frame only works on it.
//  3. A state marshals to JSON between any two events, and what is loaded back goes on as if nothing had happened:
//     the effects that were pending are pending still, see [Machine.Pending].
//  4. When a step fails, the frames stay where they are. [Retry] runs the failed step again, with the same inputs.
//  5. A node that catches a failure drops the frames below it: what they have said stays, of a parallel node what the
//     branches up to the failed one have said, in order; what they wait for is called off.
package engine
