// Package mcp calls the tools of servers that speak the Model Context Protocol, over the official SDK.
//
// A [Client] makes a [tool.Tool] of an MCPTool of a document ([Client.Tool]), and lists the tools of an MCPToolBox
// ([Client.Toolbox]):
//
//	client := mcp.New(nil)
//	defer client.Close()
//	search, err := client.Tool(&spec.MCPTool{ … })
//
// # Sessions
//
// A session with a server belongs to one conversation and one transport. It is opened by the first call, shared by later
// ones, and closed by [Client.Release], by [Client.Close], or when nobody has used it for a while. A session that breaks is
// opened anew by the next call; what was under way in it fails.
//
// # Failures
//
// What a server says with isError is a failure of the tool, of class MCPToolError. A server that cannot be reached, ends
// in mid-call or refuses us is a ConnectionError; one that does not answer in time is a TimeoutError; an answer that is
// none is a ValueError. A tool that a server does not have is a [*NoSuchToolError]. None of them harms other sessions.
//
// # Logging in
//
// A transport with an OAuthConfig asks for a login when the server wants one: the call ends with a
// [tool.AuthRequiredError], and when it is made again with the outcome of the login, the code is changed for tokens. They
// are kept in memory, for the conversation and the transport, and renewed as long as the server allows that.
package mcp
