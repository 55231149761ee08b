package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/store/sqlite"
	"github.com/wayflow-go/wayflow/tool"
)

// killAt tells a command that a test starts at which write to its store it is to kill itself: "after 3", "before 3".
const killAt = "WAYFLOW_TEST_KILL"

// deadly is a store that kills the process at one of its writes, as kill -9 does.
type deadly struct {
	store.Store
	before bool
	left   int
}

// killing puts it before the stores that the command opens, if a test wants that.
func killing() {
	when, at, ok := strings.Cut(os.Getenv(killAt), " ")
	if !ok {
		return
	}
	n, err := strconv.Atoi(at)
	if err != nil {
		panic(err)
	}
	open := openFile
	openFile = func(ctx context.Context, path string) (store.Store, error) {
		s, err := open(ctx, path)
		return &deadly{Store: s, before: when == "before", left: n}, err
	}
}

func (d *deadly) Create(ctx context.Context, c store.Conversation, w store.Write) error {
	return d.write(func() error { return d.Store.Create(ctx, c, w) })
}

func (d *deadly) Append(ctx context.Context, id string, w store.Write) error {
	return d.write(func() error { return d.Store.Append(ctx, id, w) })
}

func (d *deadly) write(do func() error) error {
	d.left--
	if d.left == 0 && d.before {
		die()
	}
	err := do()
	switch {
	case errors.As(err, new(*store.NoDocumentError)):
		d.left++ // it is written again, with the document
	case d.left == 0:
		die()
	}
	return err
}

func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

// killed is a document that is run and killed.
type killed struct {
	name     string
	document string // a file
	args     []string
	results  map[string]string // of its tools, as JSON
	reply    func(r *modeltest.Request) modeltest.Reply
	asks     int // of the model, in a run that nobody disturbs
}

// TestKill kills the command, with kill -9, before and after every write to its store, and takes the conversation up: the
// outcome is that of a run that nobody disturbs, and what the journal has is not done again.
func TestKill(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the tools are shell scripts")
	}
	for _, k := range []killed{
		{
			name: "marketing", document: "../../examples/marketing/marketing.yaml", args: []string{"--input", "username=bob"},
			results: map[string]string{
				"get_current_time": `"noon"`, "get_user_information": `{"name": "Bob"}`,
				"get_user_last_purchases": `[{"kind": "movie"}]`, "get_items_on_sale": `[{"title": "Broom"}]`,
			},
			reply: func(*modeltest.Request) modeltest.Reply { return modeltest.Reply{Text: "Dear Bob, a broom?"} },
		},
		{
			name: "nested question", document: nestedQuestion(t), args: []string{"--message", "blue"},
			results: map[string]string{"one": `"1"`, "two": `"2"`, "last": `"3"`},
		},
		{
			name: "agent", document: agentWithTools(t), args: []string{"--message", "Paris"},
			results: map[string]string{"one": `"rain"`, "two": `"wind"`},
			reply: func(r *modeltest.Request) modeltest.Reply {
				if r.Messages[len(r.Messages)-1].Role == "tool" {
					return modeltest.Reply{Text: "rain and wind"}
				}
				return modeltest.Reply{ToolCalls: []modeltest.ToolCall{{ID: "a", Name: "one", Arguments: "{}"}, {ID: "b", Name: "two", Arguments: "{}"}}}
			},
		},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			whole := k.begin(t)
			want, _ := whole.command("", "run", k.document)
			k.asks = len(whole.server.Requests())
			for _, when := range []string{"before", "after"} {
				n := 1
				for k.survives(t, fmt.Sprint(when, " ", n), want) {
					n++
				}
				if n < 4 {
					t.Errorf("the command was killed %d times only", n-1)
				}
				t.Logf("killed %s each of %d writes", when, n-1)
			}
		})
	}
}

// survives kills a run at a write and takes it up; false if the run ended before it came so far.
func (k *killed) survives(t *testing.T, at, want string) bool {
	t.Helper()
	w := k.begin(t)
	if got, wasKilled := w.command(at, "run", k.document); !wasKilled {
		if got != want {
			t.Errorf("not killed:\n%s\nwant:\n%s", got, want)
		}
		return false
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(w.dir, "x.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.List(t.Context(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Conversations) == 0 { // it was killed before it had begun
		return s.Close() == nil
	}
	id := page.Conversations[0].ID
	tools, models, answered := inJournal(t, s, id)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	asked := len(w.server.Requests())

	if answered || w.args[0] == "--input" {
		w.args = nil
	}
	got, _ := w.command("", "conversations", "resume", id)
	if got != want {
		t.Errorf("killed %s:\n%s\nwant:\n%s", at, got, want)
	}
	calls := w.calls()
	for _, effect := range tools {
		if n := calls[id+"/"+effect]; n != 1 {
			t.Errorf("killed %s: tool call %s is in the journal and was made %d times: %v", at, effect, n, calls)
		}
	}
	if again := len(w.server.Requests()) - asked; again != k.asks-models {
		t.Errorf("killed %s: %d answers of the model are in the journal, and it was asked %d times again", at, models, again)
	}
	return true
}

// inJournal are the tools of which the journal has results, how many answers of models it has, and whether it has one of the
// user.
func inJournal(t *testing.T, s store.Store, id string) (tools []string, models int, answered bool) {
	t.Helper()
	records, err := s.Records(t.Context(), id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		ev, err := engine.DecodeEvent(r.Data)
		if err != nil {
			t.Fatal(err)
		}
		switch ev := ev.(type) {
		case engine.Answer:
			answered = true
		case engine.EffectDone:
			if ev.Result.Message != nil {
				models++
				continue
			}
			tools = append(tools, ev.ID)
		}
	}
	return tools, models, answered
}

// world is what one run of the command, and of the one that takes it up, sees.
type world struct {
	t      *testing.T
	dir    string
	args   []string
	server *modeltest.Server
}

func (k *killed) begin(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), server: modeltest.NewServer(t)}
	if k.reply != nil {
		w.server.Respond(k.reply)
	}
	tools := "tools:\n"
	for name, result := range k.results {
		script := fmt.Sprintf(`cat >/dev/null; echo "$WAYFLOW_IDEMPOTENCY_KEY" >> %s/calls; echo '%s'`, w.dir, result)
		tools += fmt.Sprintf("  %s: {exec: [sh, -c, %q]}\n", name, script)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "tools.yaml"), []byte(tools), 0o600); err != nil {
		t.Fatal(err)
	}
	w.args = append(w.args, k.args...)
	return w
}

// command runs the command with the flags that it needs.
func (w *world) command(at string, args ...string) (stdout string, wasKilled bool) {
	w.t.Helper()
	args = append(args, w.args...)
	args = append(args, "--tools", filepath.Join(w.dir, "tools.yaml"), "--store", filepath.Join(w.dir, "x.db"), "--format", "json",
		"--model", "openai-compatible:m@"+w.server.URL+"/v1")
	cmd := exec.CommandContext(w.t.Context(), executable(w.t), args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", killAt+"="+at)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() < 0 && at != "" {
		return "", true
	}
	if err != nil {
		w.t.Fatalf("wayflow %v: %v\n%s", args, err, stderr.String())
	}
	return out.String(), false
}

// calls counts the calls of tools by their idempotency keys.
func (w *world) calls() map[string]int {
	data, err := os.ReadFile(filepath.Join(w.dir, "calls"))
	if err != nil {
		w.t.Fatal(err)
	}
	calls := map[string]int{}
	for key := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n") {
		calls[key]++
	}
	return calls
}

// toolNamed stands for a tool when a document is written.
func toolNamed(name string) tool.Tool {
	return wayflow.Func(name, "a tool", func(context.Context, struct{}) (string, error) { return "", nil })
}

// nestedQuestion is a flow in a flow with branches, one of which asks.
func nestedQuestion(t *testing.T) string {
	t.Helper()
	return written(t, wayflow.Sequence("outer",
		wayflow.SubFlow("inner", wayflow.Sequence("both",
			wayflow.Parallel("branches",
				wayflow.CallTool("one", toolNamed("one")).Output("first"),
				wayflow.Sequence("asking", wayflow.CallTool("two", toolNamed("two")).Output("second"), wayflow.Ask("ask", "Which colour?").Output("colour")),
			).AllowQuestions())),
		wayflow.CallTool("last", toolNamed("last")).Output("third"),
		wayflow.Say("say", "{{first}} {{second}} {{third}} {{colour}}")))
}

func agentWithTools(t *testing.T) string {
	t.Helper()
	return written(t, wayflow.Agent("reporter", wayflow.OpenAI("m"), "You tell the weather.").Greeting("Which city?").
		Tools(toolNamed("one"), toolNamed("two")))
}

// written writes a document to a file.
func written(t *testing.T, part wayflow.Part) string {
	t.Helper()
	app, err := wayflow.Build(part)
	if err != nil {
		t.Fatal(err)
	}
	data, err := app.Export(&spec.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "document.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
