// Package graph draws a compiled flow as text that other programs turn into a picture: Mermaid, which Markdown viewers
// show, and DOT, which Graphviz lays out.
//
//	app, err := wayflow.LoadFile("marketing.yaml")
//	fmt.Print(graph.Mermaid(app.Program().Main))
//
// What is drawn is the control flow: nodes, the branches they take, the flows inside other flows as boxes, and in a
// parallel node every branch between a bar where they part and a bar where they join. The text depends on the flow
// alone, so it can be kept beside the document and compared.
//
// The package lays nothing out and makes no images.
package graph
