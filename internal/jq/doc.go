// Package jq evaluates jq queries on values.
//
// [Parse] parses a query once, with gojq. A plain path (`.`, `.a.b`, `.[0]`, `.["k"]`, `.a | .[0].b`) is then evaluated
// on the value itself: what it finds comes out as it lies there, with the order of its keys and all digits of its
// numbers. Everything else runs in gojq, which knows no order of keys. There an object that the query only hands on
// keeps its order all the same; one that it makes gets the order of the query's own object, else that of an object of
// the input with the same keys, else the order in which the keys first occur in the input and in the query.
//
// A query is a function of its input: it sees no clock, no environment and no other input. It is also bounded, in steps
// ([MaxSteps]) and in what it makes ([MaxSize]), counted and not measured, so that a query that fails on one machine
// fails on all. To count, the parts of a query that make something new are wrapped in a check, and a few functions whose
// result may be far larger than their input look before they leap; see guard.go.
//
// What differs from the jq of the Python reference is listed in docs/python-fidelity.md.
package jq
