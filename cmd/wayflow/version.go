package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/spec"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the versions of Agent Spec that are understood",
		Example: "  wayflow version",
		Args:    noFile,
		RunE: func(cmd *cobra.Command, _ []string) error {
			versions := spec.Versions()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "wayflow %s, Agent Spec %s to %s\n",
				buildVersion(), versions[0], versions[len(versions)-1])
			return err
		},
	}
}

// buildVersion is the version that the go command built.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown)"
	}
	return info.Main.Version
}
