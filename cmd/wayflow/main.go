// Command wayflow runs, checks, draws and converts documents of Open Agent Spec. Run `wayflow help` for its use.
package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() { os.Exit(int(execute(os.Args[1:]))) }

// execute runs the command line and returns the exit code.
func execute(args []string) exitCode {
	root := newRoot()
	root.SetArgs(args)
	err := root.Execute()
	if err != nil && !isShown(err) {
		_ = showFailure(os.Stdout, formatOf(args), err) // it is told on the standard error too
	}
	report(os.Stderr, err)
	return codeOf(err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "wayflow",
		Short: "Run Open Agent Spec documents",
		Long: `wayflow runs Open Agent Spec documents: flows and agents written as YAML or JSON.

Exit codes: 0 finished or waiting for someone, 1 execution failed, 2 invalid document or usage,
130 interrupted by Ctrl-C (128 and the number of the signal).`,
		Example: `  wayflow run marketing.yaml --tools tools.yaml --input username=bob
  wayflow validate *.yaml
  wayflow graph marketing.yaml | mmdc -i - -o marketing.svg
  wayflow export marketing.yaml --to-version 25.4.1 -o marketing.json`,
		SilenceErrors: true,
		SilenceUsage:  true,
		// Every other word was taken for a command already.
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := ""
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "; did you mean " + near[0] + "?"
			}
			return usagef("there is no command %q%s; see wayflow help", args[0], hint)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%v; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(runCommand(), validateCommand(), graphCommand(), exportCommand(), schemaCommand(), mcpCommand(),
		conversationsCommand(), versionCommand())
	return root
}

// formatOf is the format that the command line asks for, also if it is wrong otherwise.
func formatOf(args []string) string {
	for i, arg := range args {
		if format, ok := strings.CutPrefix(arg, "--format="); ok {
			return format
		}
		if arg == "--format" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// showFailure prints, where a program reads the output, the document of a run that never began.
func showFailure(w io.Writer, format string, err error) error {
	switch format {
	case "json":
		return jsonView{w}.end(failure(err))
	case "events":
		return (&eventView{out: w}).end(failure(err))
	}
	return nil
}

// noFile checks that a command was given nothing.
func noFile(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments; see %s --help", cmd.Name(), cmd.CommandPath())
	}
	return nil
}

// oneFile checks that a command was given one FILE.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	if len(args) == 0 {
		return usagef("%s needs a FILE; see %s --help", cmd.Name(), cmd.CommandPath())
	}
	return usagef("%s takes one FILE, not %d; see %s --help", cmd.Name(), len(args), cmd.CommandPath())
}
