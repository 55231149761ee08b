package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/graph"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

func graphCommand() *cobra.Command {
	f := &documentFlags{}
	format := ""
	cmd := &cobra.Command{
		Use:   "graph FILE",
		Short: "Draw a flow as a Mermaid diagram, or for Graphviz",
		Long: `Draw a flow: its nodes, the branches they take, flows inside flows as boxes, and the branches of
parallel nodes side by side. FILE is YAML or JSON; - is the standard input.`,
		Example: `  wayflow graph marketing.yaml                                  # for a Markdown page
  wayflow graph marketing.yaml --format dot | dot -Tsvg -o marketing.svg`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			draw, err := drawer(format)
			if err != nil {
				return err
			}
			flow, err := f.flow(args[0])
			if err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), draw(flow))
			return err
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "mermaid", "`mermaid` or dot")
	_ = cmd.RegisterFlagCompletionFunc("format", // fails only if there is no such flag
		cobra.FixedCompletions([]string{"mermaid", "dot"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func drawer(format string) (func(*program.Flow) string, error) {
	switch format {
	case "mermaid":
		return graph.Mermaid, nil
	case "dot":
		return graph.DOT, nil
	}
	return nil, usagef("there is no format %q; use mermaid or dot", format)
}

// flow compiles the flow that a document is.
func (d *documentFlags) flow(path string) (*program.Flow, error) {
	doc, err := d.load(path)
	if err != nil {
		return nil, err
	}
	prog, err := program.Compile(doc.Root)
	if err != nil {
		return nil, err
	}
	if prog.Main == nil {
		return nil, usagef("%s is no flow but has the type %s, which has no graph", shownName(path), spec.TypeName(doc.Root))
	}
	return prog.Main, nil
}
