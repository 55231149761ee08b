// Package tool holds what the server tools of a document are bound to: Go functions here, and in the packages below it
// executables (tool/exec), the functions of a Python file (tool/python), and the file that lists them for the command
// line (tool/toolsfile).
//
// A [Tool] says what it takes and gives ([Spec]) and can be called with named values. [Func] makes one of a Go
// function:
//
//	type query struct {
//		City string `json:"city" description:"where"`
//		Days int    `json:"days,omitempty" default:"3" description:"how many days ahead"`
//	}
//
//	forecast, err := tool.Func("forecast", "Tells the weather of the next days",
//		func(ctx context.Context, q query) ([]string, error) { … })
//
// # Results
//
// A call gives one value. Where a document declares one output, that value is the output, whatever it is; where it
// declares several, the value is an object that holds them by name; where it declares none, the value is dropped.
//
// # Failures
//
// What goes wrong inside a tool is an [*Error] with a class, as exceptions have one in Python: it is what a document's
// catch nodes look for. That the caller gave up is not a failure of the tool: then the error wraps the cause that the
// context has, and is no *Error. That the time allowed for the tool ran out is one, of class [TimeoutError].
//
// # Binding
//
// [Check] compares what a document says of a tool with what it is bound to, before anything runs.
//
// The package knows nothing of flows, agents or hosts, and performs no effect that a tool does not ask for.
package tool
