package toolsfile

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/mcp"
)

// bindMCP binds a tool of an MCP server: one at a URL, or one that is started as a program.
func (l *loader) bindMCP(name string, fields map[string]node) tool.Tool {
	remote := name
	if n, ok := fields["tool"]; ok {
		if remote, ok = l.text(n, "the name of the tool at the server"); !ok {
			return nil
		}
	}
	transport := l.server(fields["mcp"])
	if transport == nil {
		return nil
	}
	if l.servers == nil {
		l.servers = mcp.New(&mcp.Options{Stderr: l.opts.Stderr})
		l.set.closers = append(l.set.closers, l.servers)
	}
	t, err := l.servers.Named(name, transport, remote)
	if err != nil {
		l.fail(fields["mcp"], "tool %q: %w", name, err)
		return nil
	}
	return t
}

// server returns the transport to a server, the same however often it is named. It returns nil after it has reported what
// is wrong.
func (l *loader) server(n node) spec.ClientTransport {
	if n.yaml.Kind == yaml.SequenceNode {
		words, ok := l.texts(n, "the program that is the server and its arguments, such as [python3, server.py]")
		if !ok {
			return nil
		}
		return l.transport(strings.Join(words, "\x00"), &spec.StdioTransport{Command: words[0], Args: words[1:], Cwd: &l.dir})
	}
	url, ok := l.text(n, "the URL of an MCP server, or a list of a program and its arguments")
	if !ok {
		return nil
	}
	t := &spec.StreamableHTTPTransport{}
	t.URL = url
	return l.transport(url, t)
}

func (l *loader) transport(key string, t spec.ClientTransport) spec.ClientTransport {
	if l.transports == nil {
		l.transports = map[string]spec.ClientTransport{}
	}
	if l.transports[key] == nil {
		l.transports[key] = t
	}
	return l.transports[key]
}
