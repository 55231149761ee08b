// Package wayflow runs Open Agent Spec documents: flows and agents written as YAML or JSON, or built in Go.
//
//	app, err := wayflow.LoadFile("marketing.yaml", wayflow.WithTools(
//		wayflow.Func("get_user_information", "Retrieve information about a user", getUser),
//	))
//	conv, err := app.Start(ctx, wayflow.Inputs{"username": "bob"})
//	status, err := conv.Run(ctx)
//	fmt.Println(conv.LastMessage().Text())
//
// An [App] is a document that was loaded or built, checked and compiled; it is safe for concurrent use. A [Conversation]
// is one run of it. [Conversation.Run] works until the conversation has come to rest, and says how: it is [*Finished], or
// it waits for somebody, as [*UserMessageRequired] and its like tell. Answer, and run it again. [Conversation.Events] does
// the same and shows what happens meanwhile.
//
// # Building
//
// A flow can also be built in Go, and then reads like the document that it makes:
//
//	flow := wayflow.Sequence("marketing",
//		wayflow.Parallel("lookup",
//			wayflow.CallTool("user", getUser).Output("user_info"),
//			wayflow.CallTool("sale", getItemsOnSale).Output("items_on_sale"),
//		).MaxWorkers(2),
//		wayflow.Prompt("write", wayflow.OpenAI("gpt-4.1-mini"), "Write to {{user_info}} about {{items_on_sale}}"),
//		wayflow.Say("show", "{{output}}"))
//	app, err := wayflow.Build(flow)
//
// [Sequence] runs nodes one after the other; [Graph] joins them by edges, with branches and loops. Outputs feed the inputs
// of their name, and what nothing feeds is an input of the flow. There is a function for each kind of node, among them
// [SubFlow], [Parallel], [Map], [Retry] and [Catch], which run flows; [Custom] takes a component that was made by hand.
//
// [Agent], [Swarm] and [ManagerWorkers] build what talks by itself, alone or with [RunAgent] in a flow:
//
//	helper := wayflow.Agent("helper", wayflow.OpenAI("gpt-4.1-mini"), "You help {{name}}.").Tools(search, order)
//	app, err := wayflow.Build(helper)
//
// It waits for the user as [*UserMessageRequired] tells; [Conversation.Say] answers, and goes on too when it has finished.
//
// What they make are the components of package spec, the same as a document gives, so that [App.Export] writes them down
// for any runtime of Agent Spec. Building the same flow twice makes the same document. Findings name the line of Go that
// built what is wrong.
//
// # Errors
//
// A document that is wrong gives a [Diagnostics], with all findings and their places. Inputs that do not fit give an
// [*InputError], tools and models that are missing a [*BindError], a step that fails an [*Error] that names the node.
// All are found with errors.As.
//
// # Packages
//
// What this package gives is a thin face. The document's components are in package spec, types and values in package
// value, the machine in package engine, the host that drives it in package host/local.
package wayflow
