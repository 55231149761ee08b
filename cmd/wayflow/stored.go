package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/store/sqlite"
)

// storeVariable is the environment variable that names the store if --store does not.
const storeVariable = "WAYFLOW_STORE"

// storeFlags say where conversations are kept.
type storeFlags struct{ path string }

func (f *storeFlags) add(flags *pflag.FlagSet, usage string) {
	flags.StringVar(&f.path, "store", "", usage)
}

// given is the store that the flag or the environment names; empty if neither does.
func (f *storeFlags) given() string {
	if f.path != "" {
		return f.path
	}
	return os.Getenv(storeVariable)
}

// openFile opens a store. Tests put something between.
var openFile = func(ctx context.Context, path string) (store.Store, error) { return sqlite.Open(ctx, path, nil) }

// open opens the store, and makes it if it is not there; nil if none is named.
func (f *storeFlags) open(ctx context.Context) (store.Store, error) {
	path := f.given()
	if path == "" {
		return nil, nil
	}
	return openFile(ctx, path)
}

// place is the store that is named, or else that of the user.
func (f *storeFlags) place() (string, error) {
	if path := f.given(); path != "" {
		return path, nil
	}
	folder, err := stateFolder()
	if err != nil {
		return "", usagef("name a store with --store: %v", err)
	}
	return filepath.Join(folder, "wayflow", "conversations.db"), nil
}

// existing opens the store at that place, which must be there.
func (f *storeFlags) existing(ctx context.Context) (store.Store, error) {
	path, err := f.place()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, newFileError(path, err)
	}
	return openFile(ctx, path)
}

// stateFolder is where programs keep what they remember for the user.
func stateFolder() (string, error) {
	if folder := os.Getenv("XDG_STATE_HOME"); folder != "" {
		return folder, nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return os.UserConfigDir()
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state"), err
}

// reader is an app that looks at a conversation of a store.
func reader(ctx context.Context, kept store.Store, id string, extra ...wayflow.Option) (*wayflow.App, error) {
	data, err := documentOf(ctx, kept, id)
	if err != nil {
		return nil, err
	}
	// It ran once; looking at it starts nothing.
	opts := []wayflow.Option{
		wayflow.WithFile("conversation " + id), wayflow.WithStore(kept), wayflow.WithReadOnly(),
		wayflow.WithUnknownFields(), wayflow.WithStdio(),
	}
	return wayflow.Load(data, append(opts, extra...)...)
}

// documentOf is the document that a conversation began with.
func documentOf(ctx context.Context, kept store.Store, id string) ([]byte, error) {
	c, err := kept.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	return kept.Document(ctx, c.Document)
}
