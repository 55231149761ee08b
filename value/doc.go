// Package value holds the data that flows through a document: values, their types, and the rules that turn one into
// another.
//
// A [Value] is an immutable JSON-like datum: null, boolean, integer, number, string, list or object. Objects keep the
// order of their keys and integers keep all their digits, so that a value comes out of a flow as it went in.
// Because values never change, handing one on costs nothing: an edge of a flow that needs no cast copies no data.
//
// A [Type] is the subset of JSON Schema that Agent Spec uses for the inputs and outputs of its components, and a
// [Property] is a type with the name, description and default it has there (Agent Spec, "Property"). [Type.Fits] says
// whether a value is of a type, [CanCast] whether one type may be connected to another, and [Cast] does it, or
// returns a [*CastError] that names the place inside the value, what was expected and what was found. Nothing is ever
// changed silently.
//
// # Reading schemas
//
// [ParseProperty] and [ParseType] collect every fault of a schema, each with its place; what was read is written again
// just as it was ([Property.Schema]), keywords that mean nothing here included. [CheckTitle], [CheckTitles] and
// [CheckDefault] are the rules that Agent Spec adds for properties of components. A nil *Type is [AnyType] everywhere.
//
// # Texts
//
// A value turns into text in two ways, as in the reference runtime: [Text] gives the JSON form used when a value meets
// a string input; the templates of package prompt render the Python form. The other way, a text that meets a typed input
// is read by [ParseText], and what a model wrote is mended by [Lenient] or, without guesses, by [CastText].
//
// The package knows nothing of components, nodes or flows.
package value
