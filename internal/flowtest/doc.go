// Package flowtest builds flows for tests, draws random ones, and drives machines through them. Only tests import it.
//
//	g := flowtest.NewGraph("greet", flowtest.Text("name"))
//	hello := g.Add(&spec.TemplateNode{Template: "hello {{ name }}"}, "hello")
//	end := g.End("end", flowtest.Text("greeting"))
//	g.Edge(g.Start(), "", hello)
//	g.Edge(hello, "", end)
//	g.Data(g.Start(), "name", hello, "name")
//	g.Data(hello, "output", end, "greeting")
//
// [Draw] makes a random flow of everything that a flow may hold, and always a valid one. A [World] answers what a
// machine asks for, the same way each time, so that any two runs of a flow can be compared. [Drive] takes a machine to
// its end, in any order of events, suspending as often as wanted.
package flowtest
