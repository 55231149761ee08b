// Command conformance is a client for the conformance suite of the Model Context Protocol, which gives it the address of a
// server as the last argument: it lists the tools of the server and calls each of them, over package tool/mcp, and logs in
// where that is wanted.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/tool/mcp"
	"github.com/wayflow-go/wayflow/value"
)

func main() {
	if err := run(context.Background(), os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// redirect is where the suite sends browsers back to; nobody listens there.
const redirect = "http://localhost:3000/callback"

func run(ctx context.Context, server string) error {
	client := mcp.New(nil)
	defer client.Close()
	transport := &spec.StreamableHTTPTransport{}
	transport.URL = server
	transport.Auth = &spec.OAuthConfig{RedirectURI: redirect, Client: clientConfig(os.Getenv("MCP_CONFORMANCE_SCENARIO"))}
	box, err := client.Toolbox(&spec.MCPToolBox{ClientTransport: transport})
	if err != nil {
		return err
	}
	var tools []tool.BoxTool
	err = loggingIn(ctx, func(ctx context.Context) (err error) {
		tools, err = box.Tools(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range tools {
		var b value.ObjectBuilder
		for i, in := range t.Spec().Inputs {
			if !in.HasDefault {
				b.Set(in.Title, value.Int(int64(i+1)))
			}
		}
		args := b.Object()
		err := loggingIn(ctx, func(ctx context.Context) error {
			_, err := t.Call(ctx, args)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// clientConfig is the client that a scenario wants.
func clientConfig(scenario string) *spec.OAuthClientConfig {
	var given struct {
		ID     *string `json:"client_id"`
		Secret *string `json:"client_secret"`
	}
	_ = json.Unmarshal([]byte(os.Getenv("MCP_CONFORMANCE_CONTEXT")), &given) // most scenarios give none
	document := "https://conformance-test.local/client-metadata.json"
	switch {
	case scenario == "auth/basic-cimd":
		return &spec.OAuthClientConfig{Type: "client_id_metadata_document", ClientIDMetadataURL: &document}
	case given.ID != nil:
		return &spec.OAuthClientConfig{Type: "pre_registered", ClientID: given.ID, ClientSecret: given.Secret}
	}
	return &spec.OAuthClientConfig{Type: "dynamic_registration"}
}

// loggingIn calls f, again after each login that it asks for.
func loggingIn(ctx context.Context, f func(context.Context) error) error {
	var login *tool.Login
	for range 10 {
		err := f(tool.WithCall(ctx, call{login}))
		wanted, ok := errors.AsType[*tool.AuthRequiredError](err)
		if !ok {
			return err
		}
		if login, err = visit(ctx, wanted.URL); err != nil {
			return err
		}
	}
	return errors.New("the logins do not end")
}

// visit does what a browser does: the suite sends it back at once.
func visit(ctx context.Context, at string) (*tool.Login, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		return nil, err
	}
	q := back.Query()
	return &tool.Login{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss")}, nil
}

type call struct{ login *tool.Login }

func (call) IdempotencyKey() string       { return "" }
func (call) Conversation() string         { return "" }
func (c call) Authorization() *tool.Login { return c.login }
func (call) Emit(value.Value)             {}
