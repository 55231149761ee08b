// Package local runs conversations in this process: it performs the effects that the engine asks for on goroutines, and
// hands the results back one by one.
//
// A [Host] is a program with its tools bound and its models at hand; it is safe for concurrent use. A [Conversation] is
// one run of it. [Conversation.Run] works until the conversation has ended, waits for somebody, or was interrupted;
// between runs a conversation is data and holds neither a goroutine nor a connection, but for sessions with MCP servers, which
// are closed when it has finished, by [Conversation.Release], or when nobody has used them for a while.
//
// # Goroutines
//
// Each effect runs on a goroutine of its own, started by Run, which does not return before all of them have ended. They
// end when their work is done, when their deadline has passed, or when the context of Run is done. A tool must heed its
// context; one that does not keeps Run waiting.
//
// What a document means is decided in package engine, not here.
package local
