// Package toolsfile reads the file that tells the command line what the tools of a document are.
//
//	python: tools.py                                  # every function of the file is a tool of its name
//	tools:
//	  plus_one: {exec: [python3, plus.py, "1"]}       # a program; see package tool/exec
//	  slow:     {exec: [./slow.sh], timeout: 10m, max_output: 64MiB}
//	  look_up:  {python: other.py, function: find}    # one function; see package tool/python
//	  search:   {mcp: "https://example.com/mcp", tool: find}  # a tool of an MCP server; see package tool/mcp
//	  notes:    {mcp: [node, notes.js], tool: add}            # of one that is started as a program
//	  pay:      {exec: [./pay], repeat: ask}          # not called twice for one purpose, see [tool.AskToRepeat]
//	timeout: 1m                                       # for the tools that have none of their own; default 2m
//	max_output: 32MiB                                 # likewise; default 16MiB
//
// The file is YAML or JSON. Relative paths start at its folder, which is the working directory of all programs too. A
// tool that is listed by name takes precedence over a function of that name.
//
// Loading the file binds the tools: programs are looked for and Python files loaded, and whatever is wrong is reported
// at once, each finding with its place.
//
// A kind of tool is an entry of the table in kind.go: the key that names it, the keys that go with it, and how it is
// bound.
package toolsfile
