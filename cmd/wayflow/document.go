package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/wayflow-go/wayflow/spec"
)

// stdinName is the FILE that stands for the standard input, and shownStdin what it is called in messages.
const (
	stdinName  = "-"
	shownStdin = "<stdin>"
)

// readFile reads a file that the user names. What is too large to be a document is not read.
func readFile(path string) ([]byte, error) {
	f := os.Stdin
	if path != stdinName {
		opened, err := os.Open(path)
		if err != nil {
			return nil, newFileError(path, err)
		}
		defer opened.Close()
		f = opened
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		return nil, newFileError(path, errors.New("it is a directory"))
	}
	data, err := io.ReadAll(io.LimitReader(f, spec.DefaultMaxSize+1))
	if err == nil && len(data) > spec.DefaultMaxSize {
		err = fmt.Errorf("it has more than the %d MiB that are allowed", spec.DefaultMaxSize>>20)
	}
	if err != nil {
		return nil, newFileError(path, err)
	}
	return data, nil
}

// shownName is what a FILE is called in messages.
func shownName(path string) string {
	if path == stdinName {
		return shownStdin
	}
	return path
}

// documentFlags are the flags of all commands that read a document.
type documentFlags struct {
	components   string
	allowUnknown bool
	allowStdio   bool
}

func (d *documentFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&d.components, "components", "", "the companion `FILE` of a disaggregated document")
	flags.BoolVar(&d.allowUnknown, "allow-unknown", false, "keep fields and components that this version does not know")
	flags.BoolVar(&d.allowStdio, "allow-stdio", false, "let the document start programs, as MCP servers on stdio; only for documents that you trust")
}

// options returns how a document is loaded, with the companion that the flags name.
func (d *documentFlags) options(path string) (*spec.LoadOptions, error) {
	opts := &spec.LoadOptions{File: shownName(path), AllowUnknown: d.allowUnknown}
	if d.allowStdio {
		opts.Blocked = []string{}
	}
	if d.components == "" {
		return opts, nil
	}
	data, err := readFile(d.components)
	if err != nil {
		return nil, err
	}
	companion := &spec.LoadOptions{File: shownName(d.components), AllowUnknown: d.allowUnknown, Blocked: opts.Blocked}
	opts.Components, err = spec.LoadComponents(data, companion)
	return opts, err
}

// load reads the document, as far as it can be understood by itself.
func (d *documentFlags) load(path string) (*spec.Document, error) {
	opts, err := d.options(path)
	if err != nil {
		return nil, err
	}
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return spec.Load(data, opts)
}
