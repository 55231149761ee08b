package temporal_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	workflowservice "go.temporal.io/api/workflowservice/v1"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/temporal"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// shouting performs the tool "shout" of a map.
type shouting struct {
	prog  *program.Program
	bound time.Duration
}

func (s shouting) Program() *program.Program { return s.prog }

func (s shouting) Bound(*engine.Effect) time.Duration { return s.bound }

func (shouting) Perform(_ context.Context, _ string, e *engine.Effect, _ func(engine.Note)) (engine.Result, error) {
	x, _ := e.Tool.Args.Get("x")
	return engine.Result{Value: value.String(x.Str() + "!")}, nil
}

// mapping is a document that runs a tool for each of a list of lines, all at once.
func mapping(t *testing.T, bound time.Duration) temporal.Document {
	t.Helper()
	shout := flowtest.ServerTool("shout", flowtest.Texts("x"), flowtest.Texts("y"))
	lines := value.Property{Title: "lines", Type: value.ListOf(value.StringType)}
	g := flowtest.NewGraph("map", lines)
	n := g.Add(&spec.ParallelMapNode{Subflow: flowtest.ToolFlow("each", shout)}, "each line")
	end := g.End("end", lines)
	g.Edge(g.Start(), "", n)
	g.Edge(n, "", end)
	g.Data(g.Start(), "lines", n, "iterated_x")
	g.Data(n, "collected_y", end, "lines")
	return temporal.Document{Hash: "map", Performer: shouting{flowtest.Compile(t, g.Flow), bound}}
}

func TestWideFanStaysWithinTheLimitsOfTheServer(t *testing.T) {
	t.Parallel()
	srv := server(t)
	for name, c := range map[string]struct {
		width int
		bound time.Duration
	}{
		"fits":             {150, time.Minute},
		"batches":          {1_000, time.Minute},
		"local activities": {10_000, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := mapping(t, c.bound)
			client := work(t, srv, doc)
			items := make([]value.Value, c.width)
			for i := range items {
				items[i] = value.String(strconv.Itoa(i))
			}
			inputs := value.NewObject(value.Member{Key: "lines", Value: value.List(items...)})
			id, began := uuid.NewString(), time.Now()
			conv, err := client.Start(t.Context(), id, doc.Hash, doc.Performer.Program(), inputs, nil)
			if err != nil {
				t.Fatal(err)
			}
			m, err := conv.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			done, ok := m.Status().(engine.Finished)
			if !ok {
				t.Fatalf("status %#v", m.Status())
			}
			out, _ := done.Outputs.Get("lines")
			got, _ := out.AsList()
			for i, v := range got {
				if v.Str() != strconv.Itoa(i)+"!" {
					t.Fatalf("line %d is %s", i, v)
				}
			}
			if len(got) != c.width {
				t.Errorf("%d lines, want %d", len(got), c.width)
			}
			d, err := srv.DescribeWorkflowExecution(t.Context(), id, "")
			if err != nil {
				t.Fatal(err)
			}
			i := (*workflowservice.DescribeWorkflowExecutionResponse)(d).GetWorkflowExecutionInfo()
			t.Logf("%d branches in %s, history: %d events, %d bytes", c.width, time.Since(began).Round(time.Millisecond),
				i.GetHistoryLength(), i.GetHistorySizeBytes())
		})
	}
}
