package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

func validateCommand() *cobra.Command {
	f := &documentFlags{}
	format := ""
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Report everything that is wrong with documents",
		Long: `Report everything that is wrong with documents, each finding with its place and a way to mend it:

  FILE:LINE:COLUMN: SEVERITY CODE: what; how to mend it

FILE is YAML or JSON; - is the standard input. Neither tools nor secrets are needed. --format json prints
one document: {"files": [{"file", "valid", "findings": [{"severity", "code", "file", "line", "column",
"message", "help", "component"}]}], "errors", "warnings"}.

Exit codes: 0 no errors, 2 errors.`,
		Example: `  wayflow validate marketing.yaml
  wayflow validate flows/*.yaml --format json
  wayflow export marketing.yaml | wayflow validate -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("%s needs a FILE, or several; see %s --help", cmd.Name(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef("there is no format %q; use text or json", format)
			}
			r := &validation{}
			for _, path := range args {
				r.check(f, path)
			}
			return r.print(cmd.OutOrStdout(), format)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "`text` or json")
	_ = cmd.RegisterFlagCompletionFunc("format", // fails only if there is no such flag
		cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// validation is what was found in some documents.
type validation struct {
	files            []checkedFile
	errors, warnings int
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
	if format == "json" {
		err = writeJSON(w, r.json())
	} else {
		err = r.text(w)
	}
	if err == nil && r.errors > 0 {
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

func (r *validation) json() value.Value {
	files := make([]value.Value, len(r.files))
	for i, file := range r.files {
		findings := make([]value.Value, len(file.findings))
		for j := range file.findings {
			findings[j] = findingJSON(&file.findings[j])
		}
		files[i] = value.Obj(
			member("file", value.String(file.name)),
			member("valid", value.Bool(!file.findings.HasErrors())),
			member("findings", value.List(findings...)),
		)
	}
	return value.Obj(
		member("files", value.List(files...)),
		member("errors", value.Int(int64(r.errors))),
		member("warnings", value.Int(int64(r.warnings))),
	)
}

func findingJSON(d *spec.Diagnostic) value.Value {
	return value.Obj(
		member("severity", value.String(d.Severity.String())),
		member("code", value.String(d.Code)),
		member("file", value.String(d.Pos.File)),
		member("line", value.Int(int64(d.Pos.Line))),
		member("column", value.Int(int64(d.Pos.Column))),
		member("message", value.String(d.Message)),
		member("help", value.String(d.Help)),
		member("component", textOrNull(d.Component)),
	)
}
