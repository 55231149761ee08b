package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/store"
)

// session is a conversation that a command runs, and what it needs.
type session struct {
	app  *wayflow.App
	conv *wayflow.Conversation
	// opening is what the conversation was begun with.
	opening []message.Message
	// closeTools ends the processes that tools run in.
	closeTools func() error
	store      store.Store // nil if conversations are not kept
}

// close ends what the session has started. The conversation is over then, and nothing depends on how that goes.
func (s *session) close() {
	if s.app != nil {
		_ = s.app.Close()
	}
	_ = s.closeTools()
	if s.store != nil {
		_ = s.store.Close()
	}
}

// start loads the document and begins a conversation. What tools print goes to printed.
func (f *runFlags) start(ctx context.Context, path string, printed io.Writer) (*session, error) {
	if err := checkPairs("--input", f.inputs); err != nil {
		return nil, err
	}
	s, err := f.open(ctx, path, printed)
	if err != nil {
		return nil, err
	}
	if err := f.begin(ctx, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// open loads the document of a file, binds its tools, and opens the store if one is wanted.
func (f *runFlags) open(ctx context.Context, path string, printed io.Writer) (*session, error) {
	return f.load(ctx, path, printed, func(s *session) (data []byte, err error) {
		if data, err = readFile(path); err != nil {
			return nil, err
		}
		s.store, err = f.store.open(ctx)
		return data, err
	})
}

// load loads what read reads, once the flags are known to be right, and binds its tools.
func (f *runFlags) load(
	ctx context.Context, path string, printed io.Writer, read func(*session) ([]byte, error),
) (_ *session, err error) {
	s := &session{closeTools: func() error { return nil }}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	values, err := f.values.read()
	if err != nil {
		return nil, err
	}
	load, err := f.documentFlags.options(path)
	if err != nil {
		return nil, err
	}
	opts, err := f.options(load)
	if err != nil {
		return nil, err
	}
	data, err := read(s)
	if err != nil {
		return nil, err
	}
	load.Values = values
	withEnvironment(data, load)
	tools, closeTools, err := openTools(ctx, f.tools, printed)
	if err != nil {
		return nil, err
	}
	s.closeTools = closeTools
	opts = append(opts, wayflow.WithValues(load.Values), wayflow.WithTools(tools...))
	if s.store != nil {
		opts = append(opts, wayflow.WithStore(s.store))
	}
	if s.app, err = wayflow.Load(data, opts...); err != nil {
		return nil, err
	}
	return s, nil
}

// options are those that the flags stand for, without tools and values.
func (f *runFlags) options(load *spec.LoadOptions) ([]wayflow.Option, error) {
	opts := []wayflow.Option{
		wayflow.WithFile(load.File), wayflow.WithTimeout(f.timeout), wayflow.WithStepLimit(f.steps),
		wayflow.WithItemLimit(f.items),
		wayflow.WithComponents(load.Components),
	}
	if f.allowStdio {
		opts = append(opts, wayflow.WithStdio())
	}
	budget, err := f.budget.budget()
	if err != nil {
		return nil, err
	}
	opts = append(opts, wayflow.WithBudget(budget))
	opts = append(opts, f.http.options()...)
	tape, err := f.tape.open()
	if err != nil {
		return nil, err
	}
	if tape != nil {
		opts = append(opts, wayflow.WithTape(tape))
	}
	if f.allowUnknown {
		opts = append(opts, wayflow.WithUnknownFields())
	}
	if f.model != "" {
		if _, err := wayflow.ParseModel(f.model); err != nil {
			return nil, usagef("--model: %v", err)
		}
		opts = append(opts, wayflow.WithModel(f.model))
	}
	return opts, nil
}

// begin begins the conversation.
func (f *runFlags) begin(ctx context.Context, s *session) error {
	inputs, err := readInputs(s.app.Program().Main, f.inputFile, f.inputs)
	if err != nil {
		return err
	}
	s.opening = f.opening(s.app)
	s.conv, err = s.app.Start(ctx, inputs, s.opening...)
	return explainStart(err, s.app, inputs)
}

// opening takes the message with which an agent is opened that does not speak first.
func (f *runFlags) opening(app *wayflow.App) []message.Message {
	main := app.Program().Main
	if main == nil {
		return nil
	}
	if a := main.Agent(); a == nil || a.Initial != nil {
		return nil
	}
	i := slices.IndexFunc(f.given, func(r *reply) bool { return r.message != nil && r.id == "" })
	if i < 0 {
		return nil
	}
	first := *f.given[i].message
	f.given = slices.Delete(f.given, i, i+1)
	return []message.Message{message.Text(message.User, first)}
}

// explainStart says of a conversation that could not begin all that is wrong, and how to mend it on the command line.
func explainStart(err error, app *wayflow.App, inputs wayflow.Inputs) error {
	if _, ok := errors.AsType[*wayflow.InputError](err); ok {
		if all := inputProblems(app.Program().Main, inputs); all != nil {
			return all
		}
	}
	if budget, ok := errors.AsType[*engine.StateError](err); ok { // there is no other state yet
		return usagef("%s", budget.Problem)
	}
	if bind, ok := errors.AsType[*wayflow.BindError](err); ok {
		for i := range bind.Problems {
			if help := bindHelp(&bind.Problems[i]); help != "" {
				bind.Problems[i].Help = help
			}
		}
	}
	return err
}

// bindHelp says how something is bound on the command line.
func bindHelp(d *wayflow.Diagnostic) string {
	switch d.Code {
	case "tool-not-bound":
		return "bind it in a tools file, and give that with --tools"
	case "missing-value":
		return "give it with --value ID=VALUE, in a file with --values, or in the environment as " + valuePrefix + "ID"
	}
	return ""
}
