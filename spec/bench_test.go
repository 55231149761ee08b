package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// seedJSON is the document of the parallel marketing flow as JSON, about 45 KB.
func seedJSON(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile("../../shared/differential/cases/parallel-marketing/config.yaml")
	if err != nil {
		tb.Skip("the shared differential cases are not there")
	}
	fs := &findings{}
	t := parseYAML("", string(data), fs)
	if t == nil {
		tb.Fatal(fs.result())
	}
	return appendIndented(nil, t.value(t.root), "\n")
}

// largeJSON is a flow of that many nodes in a row, each with an edge for its control and one for its data.
func largeJSON(nodes int) []byte {
	var b strings.Builder
	ref := func(i int) string { return fmt.Sprintf(`{"$component_ref": "node-%d"}`, i) }
	port := func(title string) string {
		return fmt.Sprintf(`[{"title": %q, "type": "string", "description": "a text that goes from node to node"}]`, title)
	}
	b.WriteString(`{"component_type": "Flow", "id": "flow", "name": "flow", "description": null, "metadata": {},
  "inputs": [], "outputs": [], "start_node": {"$component_ref": "node-0"}, "nodes": [`)
	for i := range nodes {
		fmt.Fprintf(&b, "%s, ", ref(i))
	}
	fmt.Fprintf(&b, "%s],\n  \"control_flow_connections\": [", ref(nodes))
	for i := range nodes {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `
    {"component_type": "ControlFlowEdge", "id": "control-%d", "name": "from %d to the next node", "description": null,
      "metadata": {"__metadata_info__": {}}, "from_node": %s, "from_branch": null, "to_node": %s}`, i, i, ref(i), ref(i+1))
	}
	b.WriteString("],\n  \"data_flow_connections\": [")
	for i := 1; i < nodes-1; i++ {
		if i > 1 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `
    {"component_type": "DataFlowEdge", "id": "data-%d", "name": "data of %d", "description": null,
      "metadata": {"__metadata_info__": {}}, "source_node": %s, "source_output": "output",
      "destination_node": %s, "destination_input": "text"}`, i, i, ref(i), ref(i+1))
	}
	b.WriteString("],\n  \"$referenced_components\": {")
	for i := range nodes + 1 {
		typ, rest := "PluginTemplateNode", `"input_mapping": {}, "output_mapping": {}, "template": "{{ text }} goes on here",
      "inputs": `+port("text")+`, "outputs": `+port("output")+`, "branches": ["next"], "component_plugin_name": "NodesPlugin", "component_plugin_version": "26.3.1"`
		switch i {
		case 0:
			typ, rest = "StartNode", `"inputs": [], "outputs": [], "branches": ["next"]`
		case nodes:
			typ, rest = "EndNode", `"branch_name": "next", "inputs": [], "outputs": [], "branches": []`
		}
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `
    "node-%d": {"component_type": %q, "id": "node-%d", "name": "the node with the number %d", "description": "passes a text on",
      "metadata": {"__metadata_info__": {}}, %s}`, i, typ, i, i, rest)
	}
	b.WriteString("},\n  \"agentspec_version\": \"25.4.1\"}\n")
	return []byte(b.String())
}

// benchmarkLoad measures loading beside json.Unmarshal into any of the same bytes, in one run: on a busy machine only
// the ratio means something.
func benchmarkLoad(b *testing.B, data []byte) {
	var load, unmarshal time.Duration
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		start := time.Now()
		if _, err := Load(data, nil); err != nil {
			b.Fatal(err)
		}
		load += time.Since(start)
		b.StopTimer()
		start = time.Now()
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
		unmarshal += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(load)/float64(unmarshal), "x-unmarshal")
}

func BenchmarkLoadSeed(b *testing.B) { benchmarkLoad(b, seedJSON(b)) }

func BenchmarkLoadThousandNodes(b *testing.B) { benchmarkLoad(b, largeJSON(1000)) }

func BenchmarkLoadYAML(b *testing.B) {
	doc, err := Load(seedJSON(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	data, err := Export(doc.Root, &ExportOptions{Format: YAML})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Load(data, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExportThousandNodes(b *testing.B) {
	doc, err := Load(largeJSON(1000), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Export(doc.Root, nil); err != nil {
			b.Fatal(err)
		}
	}
}
