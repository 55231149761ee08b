package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/value"
)

// storeUsage tells of the store of the commands that look into one.
const storeUsage = "the `FILE` that keeps the conversations (default $" + storeVariable + ", or wayflow/conversations.db in the folder of the user's state)"

func conversationsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "conversations",
		Short: "List, show and go on with the conversations of a store",
		Long: `List, show and go on with conversations that wayflow run --store has kept.

The document is kept with its conversations. Tools, values and models are not: what runs a conversation
is given them by the same flags as wayflow run.`,
		Example: `  wayflow run chat.yaml --store chats.db                  # prints the id of the conversation
  wayflow conversations list --store chats.db
  wayflow conversations answer ID --store chats.db --message "the blue one"
  wayflow conversations resume ID --store chats.db --tools tools.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no command %q; see %s --help", args[0], cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(listCommand(), showCommand(), resumeCommand(), answerCommand(), replayCommand(), forkCommand(),
		diffCommand(), takeOutCommand(), importCommand(), deleteCommand())
	return cmd
}

// storeCommand is a command that looks into a store and prints something.
type storeCommand struct {
	store  storeFlags
	format string
	out    io.Writer
	kept   store.Store
}

// newStoreCommand makes one that takes so many arguments; a negative number means at least one.
func newStoreCommand(use, short string, n int, run func(ctx context.Context, c *storeCommand, args []string) error) *cobra.Command {
	c := &storeCommand{}
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if n >= 0 && len(args) != n || n < 0 && len(args) == 0 {
				return usagef("use it as %s; see %s --help", cmd.UseLine(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if c.format != "text" && c.format != "json" {
				return usagef("there is no format %q; use text or json", c.format)
			}
			if c.kept, err = c.store.existing(cmd.Context()); err != nil {
				return err
			}
			defer func() { _ = c.kept.Close() }()
			c.out = cmd.OutOrStdout()
			return run(cmd.Context(), c, args)
		},
	}
	c.store.add(cmd.Flags(), storeUsage)
	cmd.Flags().StringVar(&c.format, "format", "text", "`text` or json")
	return cmd
}

// print prints a value, or a text that says the same.
func (c *storeCommand) print(v value.Value, text string) error {
	if c.format == "json" {
		return writeJSON(c.out, v)
	}
	_, err := io.WriteString(c.out, text)
	return err
}

func listCommand() *cobra.Command {
	q := store.Query{}
	cmd := newStoreCommand("list", "List conversations, newest first", 0, func(ctx context.Context, c *storeCommand, _ []string) error {
		all, text := []value.Value{}, ""
		for more := true; more; more = q.After != "" {
			page, err := c.kept.List(ctx, q)
			if err != nil {
				return err
			}
			for i := range page.Conversations {
				v := &page.Conversations[i]
				all = append(all, value.Obj(headJSON(v)...))
				text += fmt.Sprintf("%s  %-8s  %s  %s\n", v.ID, v.Status, v.Updated.UTC().Format(time.RFC3339), v.Component)
			}
			q.After = page.Next
		}
		return c.print(value.List(all...), text)
	})
	cmd.Flags().StringVar((*string)(&q.Status), "status", "", "only those that are `running`, waiting, finished or failed")
	cmd.Flags().StringVar(&q.Component, "component", "", "only those of the component with this `NAME`")
	return cmd
}

// headJSON is what a list tells of a conversation.
func headJSON(c *store.Conversation) []value.Member {
	waiting := value.Null
	if v, err := value.ParseJSON(c.WaitingFor); err == nil {
		waiting = v
	}
	return []value.Member{
		member("id", value.String(c.ID)), member("status", value.String(string(c.Status))),
		member("component", value.String(c.Component)),
		member("created", value.String(c.Created.UTC().Format(time.RFC3339Nano))),
		member("updated", value.String(c.Updated.UTC().Format(time.RFC3339Nano))),
		member("waiting_for", waiting),
	}
}

func deleteCommand() *cobra.Command {
	return newStoreCommand("delete ID...", "Delete conversations with all that belongs to them", -1,
		func(ctx context.Context, c *storeCommand, ids []string) error {
			deleted := make([]value.Value, len(ids))
			for i, id := range ids {
				if _, err := c.kept.Conversation(ctx, id); err != nil {
					return err
				}
				deleted[i] = value.String(id)
			}
			if err := c.kept.Delete(ctx, ids...); err != nil {
				return err
			}
			return c.print(value.Obj(member("deleted", value.List(deleted...))), "")
		})
}

func forkCommand() *cobra.Command {
	var at int64
	var set []string
	cmd := newStoreCommand("fork ID", "Make a conversation of the beginning of another, and print its id", 1,
		func(ctx context.Context, c *storeCommand, args []string) error {
			variables := wayflow.Inputs{}
			for _, pair := range set {
				name, text, err := splitPair("--set", pair)
				if err != nil {
					return err
				}
				variables[name] = resultValue(text)
			}
			app, err := reader(ctx, c.kept, args[0])
			if err != nil {
				return err
			}
			made, err := app.Fork(ctx, args[0], at, variables)
			if err != nil {
				return err
			}
			return c.print(value.Obj(member("id", value.String(made.ID()))), made.ID()+"\n")
		})
	cmd.Flags().Int64Var(&at, "at", 0, "the `NUMBER` of the last record to keep, as show tells it (default all)")
	cmd.Flags().StringArrayVar(&set, "set", nil, "a variable of the flow to change, as `NAME=VALUE`")
	return cmd
}

func resumeCommand() *cobra.Command {
	return goOn(&cobra.Command{Use: "resume ID", Short: "Go on with a conversation, after a crash or a failure"}, false)
}

func answerCommand() *cobra.Command {
	return goOn(&cobra.Command{Use: "answer ID", Short: "Answer what a conversation waits for, and go on with it"}, true)
}

// goOn makes a command that runs a conversation of a store, as run does.
func goOn(cmd *cobra.Command, needsAnswer bool) *cobra.Command {
	f := &runFlags{}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef("use it as %s; see %s --help", cmd.UseLine(), cmd.CommandPath())
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if needsAnswer && len(f.answers.replies) == 0 && f.answers.file == "" {
			return usagef("give an answer, such as --message TEXT; see %s --help", cmd.CommandPath())
		}
		return f.converse(cmd.Context(), func(ctx context.Context, printed io.Writer) (*session, error) {
			return f.take(ctx, args[0], printed)
		})
	}
	f.store.add(cmd.Flags(), storeUsage)
	f.addRun(cmd)
	return cmd
}

// take opens a conversation of the store.
func (f *runFlags) take(ctx context.Context, id string, printed io.Writer) (*session, error) {
	s, err := f.load(ctx, "conversation "+id, printed, func(s *session) (_ []byte, err error) {
		if s.store, err = f.store.existing(ctx); err != nil {
			return nil, err
		}
		return documentOf(ctx, s.store, id)
	})
	if err != nil {
		return nil, err
	}
	if s.conv, err = s.app.Open(ctx, id); err != nil {
		s.close()
		return nil, explainStart(err, s.app, nil)
	}
	if b := f.budget; b.tokens > 0 || b.calls > 0 || b.cost > 0 || b.seconds > 0 {
		budget, err := b.budget()
		if err == nil {
			err = s.conv.SetBudget(budget)
		}
		if err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}
