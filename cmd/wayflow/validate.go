package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

func validateCommand() *cobra.Command {
	f := &documentFlags{}
	format, strict := "", false
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Report everything that is wrong with documents",
		Long: `Report everything that is wrong with documents, each finding with its place and a way to mend it:

  FILE:LINE:COLUMN: SEVERITY CODE: what; how to mend it

FILE is YAML or JSON; - is the standard input. Neither tools nor secrets are needed. docs/diagnostics.md
explains the codes. --format json prints a list of findings, each {"file", "line", "column", "severity",
"code", "message", "help", "component"}; sarif prints a SARIF 2.1.0 log for code scanning and editors.

Exit codes: 0 no errors, 2 errors or, with --strict, warnings.`,
		Example: `  wayflow validate marketing.yaml
  wayflow validate flows/*.yaml --format json
  wayflow validate flows/*.yaml --strict --format sarif > findings.sarif
  wayflow export marketing.yaml | wayflow validate -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("%s needs a FILE, or several; see %s --help", cmd.Name(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(validateFormats, format) {
				return usagef("there is no format %q; use text, json or sarif", format)
			}
			r := &validation{strict: strict}
			for _, path := range args {
				r.check(f, path)
			}
			return r.print(cmd.OutOrStdout(), format)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "`text`, json or sarif")
	cmd.Flags().BoolVar(&strict, "strict", false, "count warnings as errors")
	_ = cmd.RegisterFlagCompletionFunc("format", // fails only if there is no such flag
		cobra.FixedCompletions(validateFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// validateFormats are the forms in which findings are printed.
var validateFormats = []string{"text", "json", "sarif"}

// validation is what was found in some documents.
type validation struct {
	files            []checkedFile
	errors, warnings int
	// strict makes warnings count as errors.
	strict bool
}

type checkedFile struct {
	name     string
	findings spec.Diagnostics
}

func (r *validation) check(f *documentFlags, path string) {
	findings := f.findings(path)
	for _, d := range findings {
		if d.Severity == spec.Warning {
			r.warnings++
		} else {
			r.errors++
		}
	}
	r.files = append(r.files, checkedFile{shownName(path), findings})
}

// findings are all that there are about a document. A file that cannot be read is one.
func (d *documentFlags) findings(path string) spec.Diagnostics {
	doc, err := d.load(path)
	if err != nil {
		return asFindings(path, err)
	}
	all := doc.Warnings
	prog, err := program.Compile(doc.Root)
	if err != nil {
		all = append(all, asFindings(path, err)...)
	} else {
		all = append(all, prog.Warnings...)
		for _, u := range prog.Unsupported { // the document is right, and runs elsewhere
			u.Severity = spec.Warning
			all = append(all, u)
		}
	}
	all.Sort()
	return all
}

// asFindings turns whatever went wrong into findings.
func asFindings(path string, err error) spec.Diagnostics {
	if found, ok := errors.AsType[spec.Diagnostics](err); ok {
		return found
	}
	msg := err.Error()
	if file, ok := errors.AsType[*fileError](err); ok {
		path, msg = file.path, file.err.Error()
	}
	return spec.Diagnostics{{Severity: spec.Error, Code: "file", Pos: spec.Pos{File: shownName(path)}, Message: msg}}
}

func (r *validation) print(w io.Writer, format string) error {
	var err error
	switch format {
	case "json":
		err = writeJSON(w, r.json())
	case "sarif":
		err = writeJSON(w, r.sarif())
	default:
		err = r.text(w)
	}
	if err == nil && (r.errors > 0 || r.strict && r.warnings > 0) {
		return reported{exitUsage}
	}
	return err
}

func (r *validation) text(w io.Writer) error {
	for _, file := range r.files {
		for _, d := range file.findings {
			if _, err := fmt.Fprintln(w, d); err != nil {
				return err
			}
		}
	}
	what := fmt.Sprintf("%d documents", len(r.files))
	if len(r.files) == 1 {
		what = r.files[0].name
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s\n", what, plural(r.errors, "error"), plural(r.warnings, "warning"))
	return err
}

// plural counts things.
func plural(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// findings are those of all files, in order.
func (r *validation) findings() spec.Diagnostics {
	var all spec.Diagnostics
	for _, file := range r.files {
		all = append(all, file.findings...)
	}
	return all
}

func (r *validation) json() value.Value {
	findings := r.findings()
	items := make([]value.Value, len(findings))
	for i := range findings {
		items[i] = findingJSON(&findings[i])
	}
	return value.List(items...)
}

func findingJSON(d *spec.Diagnostic) value.Value {
	return value.Obj(
		member("file", value.String(d.Pos.File)),
		member("line", value.Int(int64(d.Pos.Line))),
		member("column", value.Int(int64(d.Pos.Column))),
		member("severity", value.String(d.Severity.String())),
		member("code", value.String(d.Code)),
		member("message", value.String(d.Message)),
		member("help", value.String(d.Help)),
		member("component", textOrNull(d.Component)),
	)
}
