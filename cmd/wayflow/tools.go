package main

import (
	"context"
	"io"
	"slices"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/toolsfile"
)

// openTools binds the tools of a tools file; without one there are none. What Python functions print goes to printed.
// closeTools ends the processes that serve them.
func openTools(ctx context.Context, path string, printed io.Writer) (tools []tool.Tool, closeTools func() error, err error) {
	if path == "" {
		return nil, func() error { return nil }, nil
	}
	set, err := toolsfile.Load(ctx, path, &toolsfile.Options{Stderr: printed})
	if err != nil {
		return nil, nil, err
	}
	return slices.Collect(set.All()), set.Close, nil
}
