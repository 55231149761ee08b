package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/store"
)

// carried is a conversation on its way from one store to another.
type carried struct {
	Version    int             `json:"wayflow_conversation"`
	ID         string          `json:"id"`
	Component  string          `json:"component"`
	Status     store.Status    `json:"status"`
	WaitingFor json.RawMessage `json:"waiting_for,omitempty"`
	ForkOf     string          `json:"fork_of,omitempty"`
	ForkAt     int64           `json:"fork_at,omitempty"`
	Hash       string          `json:"document_hash"`
	Document   json.RawMessage `json:"document"`
	Records    []carriedRecord `json:"records"`
}

type carriedRecord struct {
	Time time.Time       `json:"time"`
	Data json.RawMessage `json:"data"`
}

func takeOutCommand() *cobra.Command {
	return newStoreCommand("export ID", "Write a conversation with its document and journal as JSON, without secrets", 1,
		func(ctx context.Context, c *storeCommand, args []string) error {
			head, err := c.kept.Conversation(ctx, args[0])
			if err != nil {
				return err
			}
			out := carried{
				Version: 1, ID: head.ID, Component: head.Component, Status: head.Status, WaitingFor: head.WaitingFor,
				ForkOf: head.ForkOf, ForkAt: head.ForkAt, Hash: head.Document,
			}
			if out.Document, err = c.kept.Document(ctx, head.Document); err != nil {
				return err
			}
			records, err := c.kept.Records(ctx, head.ID, 0, 0)
			if err != nil {
				return err
			}
			for _, r := range records {
				out.Records = append(out.Records, carriedRecord{r.Time, r.Data})
			}
			encoder := json.NewEncoder(c.out)
			encoder.SetEscapeHTML(false)
			return encoder.Encode(out)
		})
}

func importCommand() *cobra.Command {
	f := &storeFlags{}
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Put a conversation that was exported into a store", Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return f.putIn(cmd.Context(), args[0]) },
	}
	f.add(cmd.Flags(), storeUsage)
	return cmd
}

// putIn adds the conversation of a file to the store, which is made if it is not there.
func (f *storeFlags) putIn(ctx context.Context, path string) error {
	data, err := readFile(path)
	if err != nil {
		return err
	}
	var in carried
	if err := json.Unmarshal(data, &in); err != nil || in.Version != 1 || in.ID == "" {
		return usagef("%s is no conversation that this release exports", shownName(path))
	}
	w := store.Write{Time: time.Now(), Status: in.Status, WaitingFor: in.WaitingFor}
	for i, r := range in.Records {
		if _, err := engine.DecodeEvent(r.Data); err != nil {
			return usagef("%s: record %d: %v", shownName(path), i+1, err)
		}
		w.Records = append(w.Records, store.Record{Time: r.Time, Data: r.Data})
	}
	place, err := f.place()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return newFileError(place, err)
	}
	kept, err := openFile(ctx, place)
	if err != nil {
		return err
	}
	defer func() { _ = kept.Close() }()
	if err := kept.PutDocument(ctx, in.Hash, in.Document); err != nil {
		return err
	}
	return kept.Create(ctx, store.Conversation{
		ID: in.ID, Component: in.Component, Document: in.Hash, ForkOf: in.ForkOf, ForkAt: in.ForkAt,
	}, w)
}
