package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// TestToolsThatReturnSomethingElse fails with what is wrong, and with the way to the node.
func TestToolsThatReturnSomethingElse(t *testing.T) {
	t.Parallel()
	whole := []value.Property{of("n", value.IntegerType)}
	pair := []value.Property{of("a", value.StringType), of("b", value.StringType)}
	for _, tt := range []struct {
		name    string
		outputs []value.Property
		ignore  bool
		returns string
		err     *engine.Error
		want    string
	}{
		{"a text for a number", whole, false, `"many"`, nil, `ValueError: output "n":`},
		{"a fraction for a whole number", whole, false, `{"k": 1}`, nil, `ValueError: output "n":`},
		{"one value for two", pair, false, `"both"`, nil, "ValueError: the tool has several outputs, so it must return an object of them, not"},
		{"one of two", pair, false, `{"a": "x", "c": "y"}`, nil, `ValueError: the tool returned no output "b"; it returned an object with "a" "c"`},
		{"a failure", whole, false, "", &engine.Error{Class: "KeyError", Message: "'x'"}, "KeyError: 'x'"},
		{"the text of a failure for a number", whole, true, "", &engine.Error{Class: "KeyError", Message: "'x'"}, `ValueError: output "n":`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tool := flowtest.ServerTool("count", nil, tt.outputs)
			g := around(&spec.ToolNode{Tool: tool, IgnoreExceptions: tt.ignore}, nil, tt.outputs)
			r := begin(t, g.Flow)
			r.call = func(string, *value.Object) (value.Value, *engine.Error) {
				if tt.err != nil {
					return value.Null, tt.err
				}
				return parse(t, tt.returns), nil
			}
			failed, ok := r.finish().(engine.Failed)
			if !ok || !strings.HasPrefix(outcome(failed), tt.want) {
				t.Fatalf("got %s, want %s", outcome(r.m.Status()), tt.want)
			}
			if !slices.Equal(failed.Err.Path, []string{"node"}) {
				t.Errorf("it happened at %q", failed.Err.Path)
			}
		})
	}
}

// TestBranchOnNullTakesTheDefault is what the reference does: null is no name of a branch, not even of the empty one.
func TestBranchOnNullTakesTheDefault(t *testing.T) {
	t.Parallel()
	maybe := of("x", value.UnionOf(value.StringType, value.NullType)).WithDefault(value.Null)
	n := &spec.BranchingNode{Mapping: spec.Dict[string]{{Key: "", Value: "empty"}}}
	n.Inputs = []value.Property{maybe}
	g := flowtest.NewGraph("main", maybe)
	g.Add(n, "branch")
	empty, other := g.End("empty"), g.End("other")
	g.Edge(g.Start(), "", n)
	g.Edge(n, "empty", empty)
	g.Edge(n, "default", other)
	g.Data(g.Start(), "x", n, "x")
	done, ok := begin(t, g.Flow).finish().(engine.Finished)
	if !ok || done.End != "other" {
		t.Errorf("ended at %q", done.End)
	}
}
