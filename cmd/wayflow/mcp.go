package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/server/mcp"
)

// mcpFlags are what `wayflow mcp` is told.
type mcpFlags struct {
	runFlags
	http string
	key  string
}

// keyVariable is the variable of the environment that holds the key of a server.
const keyVariable = "WAYFLOW_API_KEY"

func mcpCommand() *cobra.Command {
	f := &mcpFlags{}
	cmd := &cobra.Command{
		Use:   "mcp FILE...",
		Short: "Serve documents as tools of an MCP server",
		Long: `Serve documents as tools of an MCP server, on the standard input and output or, with --http, over
streamable HTTP at /mcp. Each FILE is a tool with the name of its flow or agent. Logs go to the
standard error.

Over HTTP a key is needed unless the address is of this machine only: --api-key, or better the
environment variable WAYFLOW_API_KEY. Clients give it as bearer token.`,
		Example: `  wayflow mcp marketing.yaml --tools tools.yaml
  WAYFLOW_API_KEY=... wayflow mcp marketing.yaml support.yaml --http 0.0.0.0:8080`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("mcp needs a FILE; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.serve(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.http, "http", "", "serve over HTTP at `HOST:PORT`")
	flags.StringVar(&f.key, "api-key", os.Getenv(keyVariable), "the `KEY` that clients need over HTTP")
	flags.Lookup("api-key").DefValue = ""
	f.addApp(flags)
	return cmd
}

func (f *mcpFlags) serve(ctx context.Context, paths []string) error {
	if f.http != "" && f.key == "" && !loopbackOnly(f.http) {
		return usagef("--http %s is open to other machines: set %s, or serve at 127.0.0.1", f.http, keyVariable)
	}
	ctx, in := interruptible(ctx, func() {}, func() {})
	defer in.stop()
	var apps []*wayflow.App
	for _, path := range paths {
		s, err := f.open(ctx, path, os.Stderr)
		if err != nil {
			return err
		}
		defer s.close()
		apps = append(apps, s.app)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server, err := mcp.New(apps, &mcp.Options{Version: buildVersion(), Key: f.key, Logger: log})
	if err != nil {
		return usagef("%v", err)
	}
	defer server.Close()
	if f.http != "" {
		return serveHTTP(ctx, f.http, server, log)
	}
	if err := server.ServeStdio(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// loopbackOnly reports whether only this machine reaches an address.
func loopbackOnly(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func serveHTTP(ctx context.Context, address string, server *mcp.Server, log *slog.Logger) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return usagef("--http %s: %v", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("/mcp", server.Handler())
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	log.Log(ctx, slog.LevelWarn, "serving", slog.String("url", "http://"+l.Addr().String()+"/mcp"))
	var served error
	ended := make(chan struct{})
	go func() { // until it is shut down below
		defer close(ended)
		served = s.Serve(l)
	}()
	select {
	case <-ended:
		err = served
	case <-ctx.Done():
		server.Close()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = s.Shutdown(stop)
		<-ended
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
