// Package program turns a document into something that can run without looking anything up.
//
// [Compile] checks everything that concerns how the components of a document fit together, and resolves it: each data
// edge becomes the index of a slot, each control edge the index of a node, each cast is chosen, each template parsed,
// and for each node it is known whether it may ask the user something. What is wrong is found here, all of it at once;
// each finding is a [spec.Diagnostic] with a place and a way to mend it.
//
// A node is compiled in two steps. Its signature says which inputs, outputs and branches it has by its own fields;
// they are matched with the ones the document declares. Then it becomes an [Op], which says what the node does. Each
// kind of node has a file of its own, node_*.go, that holds both.
//
// The result is immutable and shared by all conversations. The package does no I/O.
package program
