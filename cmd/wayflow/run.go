package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/wayflow-go/wayflow"
)

// runFlags are what `wayflow run` is told.
type runFlags struct {
	documentFlags
	values    valueFlags
	tools     string
	inputs    []string
	inputFile string
	answers   answerFlags
	given     []*reply // what the answers are
	model     string
	format    string
	timeout   time.Duration
	steps     int
	items     int
	budget    budgetFlags
	http      httpFlags
	tape      tapeFlags
	store     storeFlags
}

func runCommand() *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run a document",
		Long: `Run a document. FILE is YAML or JSON; - is the standard input.

On a terminal, what is running is shown with its times, and you are asked when the flow asks. Ctrl-D
leaves a question open, Ctrl-C interrupts what is running, and once more leaves at once. Otherwise the
conversation is printed, and then the outputs.

--format json prints one JSON document at the end, --format events a line of JSON for each thing as it
happens.

Exit codes: 0 finished or waiting for someone, 1 execution failed, 2 invalid document or usage,
130 interrupted by Ctrl-C (128 and the number of the signal).`,
		Example: `  wayflow run marketing.yaml --tools tools.yaml --input username=bob
  wayflow run marketing.yaml --tools tools.yaml --inputs inputs.json --model ollama:llama3.2
  wayflow run chat.yaml --message "Hello" --message "What is on sale?" --format json
  wayflow run marketing.yaml --model openai-compatible:smollm2@http://127.0.0.1:8080/v1 --format events
  WAYFLOW_VALUE_MODEL_API_KEY=... wayflow run remote.yaml       # the value model.api_key of the document`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.inputs, "input", nil, "an input, as `NAME=VALUE`; JSON unless it is a text input")
	flags.StringVar(&f.inputFile, "inputs", "", "a JSON `FILE` with inputs")
	f.store.add(flags, "a `FILE` that keeps the conversation, see wayflow conversations (default $"+storeVariable+")")
	f.addRun(cmd)
	return cmd
}

// addRun adds the flags of a command that runs a conversation and shows it.
func (f *runFlags) addRun(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.answers.add(flags)
	flags.StringVar(&f.format, "format", "text", "`text`, json or events")
	f.addApp(flags)
	_ = cmd.RegisterFlagCompletionFunc("format", // fails only if there is no such flag
		cobra.FixedCompletions([]string{"text", "json", "events"}, cobra.ShellCompDirectiveNoFileComp))
}

// addApp adds the flags that say how a document is run, whatever runs it.
func (f *runFlags) addApp(flags *pflag.FlagSet) {
	flags.StringVar(&f.tools, "tools", "", "the `FILE` that binds the tools which the document names")
	flags.StringVar(&f.model, "model", "", "the model to use instead of the document's, as `PROVIDER:MODEL[@URL]`\n"+
		"(openai, openai-compatible, vllm, ollama, gemini, oci), or a model of the document's provider")
	flags.StringArrayVar(&f.values.pairs, "value", nil,
		"a value that the document leaves to its surroundings, as `ID=VALUE`;\n"+
			"for secrets the environment variable WAYFLOW_VALUE_ID is better")
	flags.StringVar(&f.values.file, "values", "", "a JSON `FILE` with such values")
	flags.Var((*duration)(&f.timeout), "timeout", "how `LONG` a call of a tool or a model may take, such as 30s (default 10m)")
	flags.Var((*count)(&f.items), "item-limit", "how many `ITEMS` a map node may take (default 1000000)")
	flags.Var((*count)(&f.steps), "step-limit", "how many `STEPS` may be taken without waiting for anything (default 10000000)")
	f.budget.add(flags)
	f.http.add(flags)
	f.tape.add(flags)
	f.add(flags)
}

// view shows a run to the user.
type view interface {
	// end shows how the run came to rest.
	end(o *outcome) error
}

// watcher is a view that shows what happens while it does.
type watcher interface {
	view
	begin(s *session)
	event(ev wayflow.Event)
}

// jsonView prints one document at the end.
type jsonView struct{ out io.Writer }

func (v jsonView) end(o *outcome) error { return writeJSON(v.out, o.json()) }

func (f *runFlags) run(ctx context.Context, path string) error {
	return f.converse(ctx, func(ctx context.Context, printed io.Writer) (*session, error) {
		s, err := f.start(ctx, path, printed)
		if err == nil && s.store != nil {
			fmt.Fprintln(os.Stderr, "wayflow: conversation", s.conv.ID())
		}
		return s, err
	})
}

// converse runs a conversation, once it has been started or opened, and shows it.
func (f *runFlags) converse(ctx context.Context, start func(context.Context, io.Writer) (*session, error)) error {
	v, err := f.view()
	if err != nil {
		return err
	}
	if f.given, err = f.answers.read(); err != nil {
		return err
	}
	printed, onFirst, onSecond := io.Writer(os.Stderr), func() {}, func() {}
	if live, ok := v.(*liveView); ok {
		printed, onFirst, onSecond = live, live.stopping, live.restore
		defer live.restore()
	}
	ctx, in := interruptible(ctx, onFirst, onSecond)
	defer in.stop()
	s, err := start(ctx, printed)
	if ctx.Err() != nil {
		err = &wayflow.InterruptedError{Cause: context.Cause(ctx)}
	}
	if err != nil {
		return err
	}
	o := converse(ctx, s, v, f.given)
	usage := s.conv.Usage()
	o.usage = &usage
	s.close()
	if err := f.tape.close(); err != nil && o.err == nil {
		o.status, o.err = statusError, err
	}
	if err := v.end(o); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if o.err != nil {
		return &shown{o.err}
	}
	reportUnused(os.Stderr, o.unused)
	return nil
}

// view returns the view that the format and the terminal ask for.
func (f *runFlags) view() (view, error) {
	switch f.format {
	case "json":
		return jsonView{os.Stdout}, nil
	case "events":
		return &eventView{out: os.Stdout}, nil
	case "text":
		if term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("TERM") != "dumb" {
			return newLiveView(os.Stdin, os.Stdout), nil
		}
		return &plainView{out: os.Stdout, note: os.Stderr}, nil
	}
	return nil, usagef("there is no format %q; use text, json or events", f.format)
}

// duration is a flag with a length of time.
type duration time.Duration

func (d *duration) String() string { return "" }
func (d *duration) Type() string   { return "duration" }

// Set implements pflag.Value.
func (d *duration) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed <= 0 {
		return errors.New("write a time such as 30s, 5m or 1h30m")
	}
	*d = duration(parsed)
	return nil
}

// count is a flag with a positive number.
type count int

func (c *count) String() string { return "" }
func (c *count) Type() string   { return "count" }

// Set implements pflag.Value.
func (c *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		return errors.New("write a positive number")
	}
	*c = count(n)
	return nil
}
