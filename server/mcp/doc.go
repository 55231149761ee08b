// Package mcp serves flows and agents as tools of an MCP server, over stdio or streamable HTTP.
//
//	server, err := mcp.New([]*wayflow.App{app}, nil)
//	…
//	err = server.ServeStdio(ctx)                      // or http.ListenAndServe(addr, server.Handler())
//
// # Tools
//
// Each app is a tool that has its name. A flow takes its inputs and gives its outputs; while it runs, each step that begins
// is a progress notice. An agent takes a message, beside its inputs, and gives its answer.
//
// # Questions
//
// A flow that waits for somebody asks the user of the client, where the client supports that (elicitation). Otherwise, and
// whenever an agent has answered, the call ends with what was said and the id of the conversation, with which the tool
// continue_conversation goes on. Such conversations are kept in memory, for a while and a number of them.
//
// The package decides nothing about what a document means, and lets in whoever has the key.
package mcp
