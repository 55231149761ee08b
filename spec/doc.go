// Package spec is the document: one struct for each component of Open Agent Spec and of its WayFlow extensions, and the
// codec that reads them from JSON or YAML and writes them back.
//
// Loading fills the structs, builders fill them, [Export] writes them, package program compiles them. There is no
// second model beside them. Where the core of Agent Spec and an extension spell the same thing differently, as
// ToolNode and ExtendedToolNode, one struct knows both spellings.
//
// A component that came from a document knows where: [Pos] leads from any of its fields back to file, line and column.
// What only concerns one component (required fields, types of fields, references, versions) is checked here, all
// findings at once; what concerns how components fit together is checked by package program.
//
// # How a document is read
//
// [Load] turns the text into a tree of nodes with positions, the same for JSON and YAML (syntax.go). The tags of the
// structs, explained at [Kind], give a plan for each component type (plan.go, codec.go), by which the tree is read into
// structs (decode.go). References are followed as they are met, wherever their definitions stand (reference.go). All
// that is wrong is collected (findings.go, place.go) and returned at once as [Diagnostics].
//
// # How a document is written
//
// [Export] finds out how components use each other, where the shared ones are defined and which version can hold them
// all (export_graph.go), turns them into values by the same plans (encode.go), and writes those as JSON or YAML. What a
// document has beyond its components' fields, such as references to secrets, comes back as it was read (origin.go).
//
// Nothing here runs anything.
package spec
