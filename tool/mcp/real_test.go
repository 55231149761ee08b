package mcp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// real is a setting of scripts/mcp-peers, which starts servers that others have written.
func real(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv("WAYFLOW_TEST_MCP_" + name)
	if v == "" {
		t.Skipf("set WAYFLOW_TEST_MCP_%s, or run scripts/mcp-peers with go test", name)
	}
	return v
}

func command(text string, more ...string) *spec.StdioTransport {
	words := append(strings.Fields(text), more...)
	return &spec.StdioTransport{Command: words[0], Args: words[1:]}
}

func streamable(url string) *spec.StreamableHTTPTransport {
	s := &spec.StreamableHTTPTransport{}
	s.URL = url
	return s
}

// TestTheReferenceServer is the server "everything" of the protocol's authors.
func TestTheReferenceServer(t *testing.T) {
	for name, transport := range map[string]func(t *testing.T) spec.ClientTransport{
		"HTTP": func(t *testing.T) spec.ClientTransport { return streamable(real(t, "HTTP")) },
		"SSE": func(t *testing.T) spec.ClientTransport {
			s := &spec.SSETransport{}
			s.URL = real(t, "SSE")
			return s
		},
		"STDIO": func(t *testing.T) spec.ClientTransport { return command(real(t, "STDIO")) },
	} {
		t.Run(name, func(t *testing.T) {
			way := transport(t)
			c := newClient(t)
			box, err := c.Toolbox(&spec.MCPToolBox{ClientTransport: way})
			if err != nil {
				t.Fatal(err)
			}
			tools, err := box.Tools(t.Context())
			if err != nil || len(tools) < 5 {
				t.Fatalf("lists %d tools, %v", len(tools), err)
			}
			if got, err := mcpTool(t, c, way, "echo").Call(t.Context(), arguments(`{"message": "hello"}`)); err != nil || got.Str() != "Echo: hello" {
				t.Errorf("echo = %v, %v", got, err)
			}
			if got, err := mcpTool(t, c, way, "get-sum").Call(t.Context(), arguments(`{"a": 2, "b": 3}`)); err != nil || !strings.Contains(got.Str(), "5") {
				t.Errorf("get-sum = %v, %v", got, err)
			}
			weather := mcpTool(t, c, way, "get-structured-content", property("weather", value.DictOf(value.AnyType)))
			if got, err := weather.Call(t.Context(), arguments(`{"location": "New York"}`)); err != nil || got.Get("temperature").IsNull() {
				t.Errorf("get-structured-content = %v, %v", got, err)
			}
			if _, err := mcpTool(t, c, way, "get-tiny-image").Call(t.Context(), nil); err == nil {
				t.Error("an image became a text")
			}
			if _, err := mcpTool(t, c, way, "get-sum").Call(t.Context(), arguments(`{"a": "x"}`)); err == nil {
				t.Error("wrong arguments were taken")
			}
		})
	}
}

func TestTheFilesystemServer(t *testing.T) {
	text := real(t, "FILES")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	way := command(text, dir)
	c := newClient(t)
	path := filepath.Join(dir, "a.txt")
	write := mcpTool(t, c, way, "write_file")
	if _, err := write.Call(t.Context(), arguments(fmt.Sprintf(`{"path": %q, "content": "written"}`, path))); err != nil {
		t.Fatal(err)
	}
	if got, err := mcpTool(t, c, way, "read_text_file").Call(t.Context(), arguments(fmt.Sprintf(`{"path": %q}`, path))); err != nil || got.Str() != "written" {
		t.Errorf("read %v, %v", got, err)
	}
	if _, err := mcpTool(t, c, way, "read_text_file").Call(t.Context(), arguments(`{"path": "/etc/passwd"}`)); err == nil {
		t.Error("read a file outside of the folder")
	} else if got, _ := class(err); got != "MCPToolError" {
		t.Errorf("got %v, want an MCPToolError", err)
	}
}

func TestARealLogin(t *testing.T) {
	way := streamable(real(t, "OAUTH"))
	redirect := "http://127.0.0.1:18999/callback"
	way.Auth = &spec.OAuthConfig{RedirectURI: redirect, Client: &spec.OAuthClientConfig{Type: "dynamic_registration"}}
	add := mcpTool(t, newClient(t), way, "add", property("sum", value.IntegerType))
	h := &host{conversation: "c"}
	_, err := add.Call(h.context(t), arguments(`{"a": 2, "b": 3}`))
	wanted, ok := err.(*tool.AuthRequiredError) //nolint:errorlint // it is not wrapped
	if !ok {
		t.Fatalf("got %v, want a login to be asked for", err)
	}
	back := drive(t, wanted.URL, redirect)
	h.login = &tool.Login{Code: back.Get("code"), State: back.Get("state"), Issuer: back.Get("iss")}
	if got, err := add.Call(h.context(t), arguments(`{"a": 2, "b": 3}`)); err != nil || got.String() != "5" {
		t.Errorf("add = %v, %v", got, err)
	}
	h.login = nil
	if got, err := add.Call(h.context(t), arguments(`{"a": 3, "b": 3}`)); err != nil || got.String() != "6" {
		t.Errorf("add once more = %v, %v", got, err)
	}
}

var action = regexp.MustCompile(`action="([^"]+)"`)

// drive logs in and consents, as a user does in a browser, and returns what the browser is sent back with.
func drive(t *testing.T, at, redirect string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back url.Values
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			back = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	defer browser.CloseIdleConnections()
	resp, err := browser.Get(at)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if back != nil {
			return back
		}
		form := action.FindSubmatch(page)
		if form == nil {
			t.Fatalf("no form: %d\n%s", resp.StatusCode, page)
		}
		next, parseErr := resp.Request.URL.Parse(string(form[1]))
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		answer := url.Values{"prompt": {"login"}, "login": {"ann"}, "password": {"x"}}
		if strings.Contains(string(page), `name="prompt" value="consent"`) {
			answer = url.Values{"prompt": {"consent"}}
		}
		resp, err = browser.PostForm(next.String(), answer)
	}
	t.Fatal("the login does not end")
	return nil
}
