package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/spec"
)

// exportFlags are what `wayflow export` is told.
type exportFlags struct {
	documentFlags
	version string
	syntax  string
	output  string
}

func exportCommand() *cobra.Command {
	f := &exportFlags{}
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write a document in another syntax or version of Agent Spec",
		Long: `Write a document again, in another syntax or for another version of Agent Spec. FILE is YAML or JSON;
- is the standard input.

Without --to-version it is the smallest version that can hold the document. What a version cannot hold is
an error that names it. Secrets are never written: references take their place. With --components the
companion becomes part of the document.`,
		Example: `  wayflow export marketing.yaml                          # as JSON
  wayflow export marketing.json --syntax yaml
  wayflow export marketing.yaml --to-version 25.4.1 -o marketing.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := f.export(args[0])
			if err != nil {
				return err
			}
			if f.output == "" || f.output == stdinName {
				_, err = cmd.OutOrStdout().Write(data)
				return err
			}
			if err := os.WriteFile(f.output, data, 0o644); err != nil {
				return fmt.Errorf("write %s: %w", f.output, cause(err))
			}
			return nil
		},
	}
	flags := cmd.Flags()
	f.add(flags)
	flags.StringVar(&f.version, "to-version", "", "the `VERSION` of Agent Spec to write")
	flags.StringVar(&f.syntax, "syntax", "", "json or yaml (default as the `NAME` of --output ends, else json)")
	flags.StringVarP(&f.output, "output", "o", "", "the `FILE` to write instead of the standard output")
	_ = cmd.RegisterFlagCompletionFunc("syntax", // fails only if there is no such flag
		cobra.FixedCompletions([]string{"json", "yaml"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *exportFlags) export(path string) ([]byte, error) {
	opts, err := f.exportOptions()
	if err != nil {
		return nil, err
	}
	doc, err := f.load(path)
	if err != nil {
		return nil, err
	}
	return spec.Export(doc.Root, opts)
}

func (f *exportFlags) exportOptions() (*spec.ExportOptions, error) {
	opts := &spec.ExportOptions{}
	if f.version != "" {
		v, err := spec.ParseVersion(f.version)
		if err != nil {
			return nil, usagef("--to-version: %v; use one of %s", err, versionList())
		}
		opts.Version = v
	}
	syntax := f.syntax
	if syntax == "" {
		syntax = strings.TrimPrefix(strings.ToLower(filepath.Ext(f.output)), ".")
	}
	switch syntax {
	case "yaml", "yml":
		opts.Format = spec.YAML
	case "json":
		opts.Format = spec.JSON
	default:
		if f.syntax != "" {
			return nil, usagef("there is no syntax %q; use json or yaml", f.syntax)
		}
		opts.Format = spec.JSON
	}
	return opts, nil
}

func versionList() string {
	var names []string
	for _, v := range spec.Versions() {
		names = append(names, v.String())
	}
	return strings.Join(names, ", ")
}
