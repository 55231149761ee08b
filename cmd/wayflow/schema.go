package main

import (
	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/spec"
)

func schemaCommand() *cobra.Command {
	opts := &spec.SchemaOptions{}
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON Schema of all documents, for editors",
		Long: `Print a JSON Schema (draft 2020-12) of all documents that can be loaded. With it editors complete and check
YAML and JSON as you type. For a YAML language server, save it and begin the document with the line

  # yaml-language-server: $schema=agentspec.schema.json

It says what single components may hold; wayflow validate also checks how they fit together.`,
		Example: "  wayflow schema > agentspec.schema.json",
		Args:    noFile,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return writeJSON(cmd.OutOrStdout(), spec.Schema(opts))
		},
	}
	cmd.Flags().BoolVar(&opts.AllowUnknown, "allow-unknown", false, "allow fields and components that this version does not know")
	return cmd
}
