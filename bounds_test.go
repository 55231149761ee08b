package wayflow_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/spec"
	httptool "github.com/wayflow-go/wayflow/tool/http"
	"github.com/wayflow-go/wayflow/value"
)

// TestBounds runs flows that would never end, or take all memory. Each is stopped by a bound that the error names, and
// with little memory: so it does not run beside other tests. Only time and the number of steps are scaled down.
func TestBounds(t *testing.T) {
	const mebibyte = 1 << 20
	server := hostile(t)
	hasty := httptool.New(&httptool.Options{Timeout: 100 * time.Millisecond})
	t.Cleanup(hasty.Close)

	again := wayflow.Template("again", "again").Output("answer")
	route := wayflow.Branch("route").Input("answer").On("stop", "stop")
	loop := wayflow.Graph("loop").Chain(again, route).Branch(route, "default", again).Branch(route, "stop", wayflow.End("end"))
	many := slices.Repeat([]value.Value{value.String("x")}, 10_000_000)
	item := wayflow.Template("item", "{{ x }}")

	text := func(s string) wayflow.Inputs { return wayflow.Inputs{"text": s} }
	jq := func(query string) wayflow.Part {
		return wayflow.Extract("take").Take(wayflow.Port[string]("out"), query)
	}
	for _, test := range []struct {
		name   string
		part   wayflow.Part
		inputs wayflow.Inputs
		option wayflow.Option
		want   string
		memory uint64
	}{
		{"regular expression", wayflow.Regex("find", `(a|aa)+$`), text(strings.Repeat("a", 5000) + "!"), nil, "more than 20000000 steps", 64 * mebibyte},
		{"regular expression that looks back", wayflow.Regex("find", `(a+)+\1b`), text(strings.Repeat("a", 5000)), nil, "more than 20000000 steps", 64 * mebibyte},
		{"endless jq", jq(`last(repeat(1))`), text(`{"a": 1}`), nil, "more than 2000000 steps", 64 * mebibyte},
		{"endless jq that grows", jq(`add(repeat("x" * 1000000))`), text(`{"a": 1}`), nil, "more than 128 MiB of data", 256 * mebibyte},
		{"template of a gigabyte", wayflow.Template("say", "{% for i in 'x' * 1024 %}{{ 'x' * 1048576 }}{% endfor %}"), nil, nil, "jinja.Limits.Output", 128 * mebibyte},
		{"template of one text", wayflow.Template("say", "{{ 'x' * 1073741824 }}"), nil, nil, "jinja.Limits.Output", 64 * mebibyte},
		{"loop", loop, nil, wayflow.WithStepLimit(100_000), "100000 steps", 64 * mebibyte},
		{"map of ten million items", wayflow.Map("each", item).Over("list"), wayflow.Inputs{"list": value.List(many...)}, nil, "10000000 items, more than 1000000", 64 * mebibyte},
		{"body of a gigabyte", wayflow.API("get", "GET", server+"/large"), nil, nil, "larger than 16777216 bytes", 256 * mebibyte},
		{"a byte now and then", wayflow.API("get", "GET", server+"/drip"), nil, wayflow.WithHTTP(hasty), "request_timeout", 64 * mebibyte},
		{"redirect elsewhere", wayflow.API("get", "GET", server+"/moved").Allow(server), nil, nil, "redirects are not followed", 64 * mebibyte},
	} {
		t.Run(test.name, func(t *testing.T) {
			var options []wayflow.Option
			if test.option != nil {
				options = append(options, test.option)
			}
			conv := start(t, build(t, test.part, options...), test.inputs)
			before := heap()
			_, err := conv.Run(t.Context())
			took := max(heap(), before) - before
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Run() = %v, want an error that names %q", err, test.want)
			}
			if took > test.memory {
				t.Errorf("it took %d MiB", took/mebibyte)
			}
		})
	}
}

// TestRecursionIsRefused has flows in themselves, straight and by way of an agent: neither begins.
func TestRecursionIsRefused(t *testing.T) {
	t.Parallel()
	flow := func(node string) string {
		return `
agentspec_version: 26.3.1
$component_ref: deep
$referenced_components:
  deep:
    component_type: Flow
    id: deep
    name: deep
    start_node: {$component_ref: start}
    nodes: [{$component_ref: start}, {$component_ref: again}, {$component_ref: end}]
    control_flow_connections:
    - {component_type: ControlFlowEdge, id: c1, name: c1, from_node: {$component_ref: start}, to_node: {$component_ref: again}}
    - {component_type: ControlFlowEdge, id: c2, name: c2, from_node: {$component_ref: again}, to_node: {$component_ref: end}}
    data_flow_connections: []
  start: {component_type: StartNode, id: start, name: start}
  end: {component_type: EndNode, id: end, name: end}
  again: ` + node + `
  model: {component_type: OpenAiConfig, id: model, name: model, model_id: m}
`
	}
	for name, node := range map[string]string{
		"a flow": `{component_type: FlowNode, id: again, name: again, subflow: {$component_ref: deep}}`,
		"a map":  `{component_type: MapNode, id: again, name: again, subflow: {$component_ref: deep}}`,
		"an agent": `{component_type: AgentNode, id: again, name: again, agent: {component_type: ExtendedAgent, id: a, name: a,
    llm_config: {$component_ref: model}, system_prompt: x, flows: [{$component_ref: deep}]}}`,
	} {
		_, err := wayflow.Load([]byte(flow(node)))
		if err == nil || !strings.Contains(err.Error(), `reference-cycle: the component "deep" contains itself`) {
			t.Errorf("%s: Load() = %v, want that the recursion is refused", name, err)
		}
	}

	self := &spec.Flow{}
	self.Name = "self"
	again := &spec.FlowNode{Subflow: self}
	begin, end := &spec.StartNode{}, &spec.EndNode{}
	begin.Name, again.Name, end.Name = "start", "again", "end"
	self.StartNode, self.Nodes = begin, []spec.Node{begin, again, end}
	if _, err := wayflow.New(self); err == nil || !strings.Contains(err.Error(), "recursive-flow") {
		t.Errorf("New() = %v, want that the recursion is refused", err)
	}
}

// heap is how much memory the heap ever had.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys
}

// hostile is the address of a server that means no good.
func hostile(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range 1024 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
		t.Error("the whole gigabyte was read")
	})
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			_, _ = w.Write([]byte("x"))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}
