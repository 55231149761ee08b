package wayflow_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// load loads a document that is right.
func load(t *testing.T, document string, opts ...wayflow.Option) *wayflow.App {
	t.Helper()
	app, err := wayflow.Load([]byte(document), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func start(t *testing.T, app *wayflow.App, inputs wayflow.Inputs) *wayflow.Conversation {
	t.Helper()
	conv, err := app.Start(t.Context(), inputs)
	if err != nil {
		t.Fatal(err)
	}
	return conv
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "talk.yaml")
	if err := os.WriteFile(path, []byte(talk), 0o600); err != nil {
		t.Fatal(err)
	}
	app, err := wayflow.LoadFile(path, wayflow.WithTools(look))
	if err != nil {
		t.Fatal(err)
	}
	if got := app.Root().Base().Name; got != "talk" {
		t.Errorf("Root() is %q, want talk", got)
	}
	if got := app.Program().Main.Name; got != "talk" {
		t.Errorf("Program().Main is %q, want talk", got)
	}
	if got := app.Root().Base().Pos().File; got != path {
		t.Errorf("positions name the file %q, want %q", got, path)
	}
}

func TestLoadFileThatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := wayflow.LoadFile(filepath.Join(t.TempDir(), "none.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("LoadFile() = %v, want that the file does not exist", err)
	}
}

func TestLoadReportsAllFindings(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(talk, "source_output: user_input", "source_output: answer", 1)
	wrong = strings.Replace(wrong, "destination_input: name", "destination_input: nobody", 1)
	_, err := wayflow.Load([]byte(wrong), wayflow.WithFile("talk.yaml"))
	var findings wayflow.Diagnostics
	if !errors.As(err, &findings) {
		t.Fatalf("Load() = %v, want Diagnostics", err)
	}
	for _, want := range []string{"answer", "nobody"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Load() = %v, which does not speak of %q", err, want)
		}
	}
	for _, d := range findings {
		if d.Pos.Line == 0 || d.Pos.File != "talk.yaml" {
			t.Errorf("the finding %v has no place", d)
		}
	}
}

// bad needs tools and a model that a host is not given, or given in another form.
const bad = `
component_type: Flow
agentspec_version: 25.4.1
id: bad
name: bad
start_node: {$component_ref: start}
nodes: [{$component_ref: start}, {$component_ref: a}, {$component_ref: b}, {$component_ref: c}, {$component_ref: end}]
control_flow_connections:
- {component_type: ControlFlowEdge, id: c1, name: c1, from_node: {$component_ref: start}, to_node: {$component_ref: a}}
- {component_type: ControlFlowEdge, id: c2, name: c2, from_node: {$component_ref: a}, to_node: {$component_ref: b}}
- {component_type: ControlFlowEdge, id: c3, name: c3, from_node: {$component_ref: b}, to_node: {$component_ref: c}}
- {component_type: ControlFlowEdge, id: c4, name: c4, from_node: {$component_ref: c}, to_node: {$component_ref: end}}
$referenced_components:
  start: {component_type: StartNode, id: start, name: start, inputs: [{title: city, type: integer}]}
  a: {component_type: ToolNode, id: a, name: a, tool: {component_type: ServerTool, id: t1, name: nowhere, inputs: [], outputs: []}}
  b:
    component_type: ToolNode
    id: b
    name: b
    tool:
      component_type: ServerTool
      id: t2
      name: look
      inputs: [{title: city, type: integer}]
      outputs: [{title: weather, type: string}]
  c:
    component_type: LlmNode
    id: c
    name: c
    prompt_template: hello
    llm_config: {component_type: OpenAiConfig, id: m, name: m, model_id: x}
  end: {component_type: EndNode, id: end, name: end}
`

func TestBindErrorListsEverything(t *testing.T) {
	t.Parallel()
	app := load(t, bad, wayflow.WithTools(look), wayflow.WithModels(func(spec.LlmConfig) (model.Model, error) {
		return nil, errors.New("no model today")
	}))
	_, err := app.Start(t.Context(), wayflow.Inputs{"city": 1})
	var bind *wayflow.BindError
	if !errors.As(err, &bind) || len(bind.Problems) != 3 {
		t.Fatalf("Start() = %v, want a BindError with three problems", err)
	}
	for _, want := range []string{`"nowhere" is not bound`, `"look" is not what the document says`, "no model today"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Start() = %v, which does not say %q", err, want)
		}
	}
}

func TestInputErrors(t *testing.T) {
	t.Parallel()
	app := load(t, talk, wayflow.WithTools(look))
	tests := []struct {
		name      string
		inputs    wayflow.Inputs
		wantInput string
		wantText  string
	}{
		{"missing", nil, "name", "is missing"},
		{"of the wrong type", wayflow.Inputs{"name": []any{make(map[string]int)}}, "", ""},
		{"unknown", wayflow.Inputs{"name": "bob", "age": 3}, "age", `is none of flow "talk"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := app.Start(t.Context(), tt.inputs)
			if tt.wantInput == "" {
				return // a text takes anything
			}
			var input *wayflow.InputError
			if !errors.As(err, &input) || input.Input != tt.wantInput || !strings.Contains(err.Error(), tt.wantText) {
				t.Errorf("Start() = %v, want an InputError of %q that says %q", err, tt.wantInput, tt.wantText)
			}
		})
	}
}

func TestInputThatIsNoValue(t *testing.T) {
	t.Parallel()
	_, err := load(t, talk, wayflow.WithTools(look)).Start(t.Context(), wayflow.Inputs{"name": make(chan int)})
	if err == nil || !strings.Contains(err.Error(), `input "name"`) {
		t.Errorf("Start() = %v, want an error that names the input", err)
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	t.Parallel()
	channel := wayflow.Func("f", "", func(context.Context, struct{}) (chan int, error) { return nil, nil })
	tests := []struct {
		name string
		opt  wayflow.Option
		want string
	}{
		{"a function that cannot be a tool", wayflow.WithTools(channel), `tool "f"`},
		{"two tools of one name", wayflow.WithTools(look, look), `two are named "look"`},
		{"no model", wayflow.WithModel(""), "names no model"},
		{"a model without its server", wayflow.WithModel("vllm:m"), "needs the address"},
		{"a server without a provider", wayflow.WithModel("m@http://localhost"), "no provider"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := wayflow.Load([]byte(talk), tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load() = %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func TestWithTimeout(t *testing.T) {
	t.Parallel()
	slow := wayflow.Func("look", "", func(ctx context.Context, _ city) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	conv := start(t, load(t, talk, wayflow.WithTools(slow), wayflow.WithTimeout(time.Millisecond)), wayflow.Inputs{"name": "bob"})
	answered(t, conv, "Paris")
	_, err := conv.Run(t.Context())
	var failed *wayflow.Error
	if !errors.As(err, &failed) || failed.Class != "TimeoutError" {
		t.Errorf("Run() = %v, want a TimeoutError", err)
	}
}

func TestWithStepLimit(t *testing.T) {
	t.Parallel()
	conv := start(t, load(t, talk, wayflow.WithTools(look), wayflow.WithStepLimit(1)), wayflow.Inputs{"name": "bob"})
	if _, err := conv.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "limit of steps") {
		t.Errorf("Run() = %v, want that it tells of the limit", err)
	}
}

func TestExportLoadsAgain(t *testing.T) {
	t.Parallel()
	first, err := load(t, talk).Export(nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := load(t, string(first)).Export(&spec.ExportOptions{})
	if err != nil || string(first) != string(again) {
		t.Errorf("Export() differs after loading: %v\n%s\n%s", err, first, again)
	}
}

// answered says something to a conversation that asks.
func answered(t *testing.T, conv *wayflow.Conversation, text string) {
	t.Helper()
	status, err := conv.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, asks := status.(*wayflow.UserMessageRequired); !asks {
		t.Fatalf("Run() = %#v, want that it asks", status)
	}
	if err := conv.Say(text); err != nil {
		t.Fatal(err)
	}
}

var _ = value.Null
