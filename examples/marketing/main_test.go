package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

const answer = "Hello Bob! The Lord of the Rings is on sale today."

// TestTheGuide runs everything the program does, on a scripted model.
func TestTheGuide(t *testing.T) {
	t.Parallel()
	reply := modeltest.Reply{Text: answer}
	server := modeltest.NewServer(t, reply, reply, reply)
	var out bytes.Buffer
	began := time.Now()
	if err := demonstrate(t.Context(), &out, marketing(wayflow.OpenAICompatible("scripted", server.URL+"/v1"))); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), answer); got != 3 {
		t.Errorf("the message was shown %d times, want 3:\n%s", got, &out)
	}
	if took := time.Since(began); took > 3*1700*time.Millisecond {
		t.Errorf("three runs took %s: the lookups did not run at once", took)
	}
	for i, r := range server.Requests() {
		for _, want := range []string{`"name": "Bob"`, "The Dark Knight", "Metroid", "Now: "} {
			if want = strings.ReplaceAll(want, `"`, ""); !strings.Contains(strings.ReplaceAll(r.LastText(), `"`, ""), want) {
				t.Errorf("prompt %d does not hold %q:\n%s", i, want, r.LastText())
			}
		}
	}
}

// TestTheGuideMeansItsDocument compares the flow with the one in marketing.yaml: same inputs, outputs and tools.
func TestTheGuideMeansItsDocument(t *testing.T) {
	t.Parallel()
	written, err := wayflow.LoadFile("marketing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	built, err := wayflow.Build(marketing(wayflow.OpenAI("gpt-4.1-mini")))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ports(built), ports(written); got != want {
		t.Errorf("the built flow has %s, the written one %s", got, want)
	}
}

// ports lists the ports of a flow and of all tools in it.
func ports(app *wayflow.App) string {
	var b strings.Builder
	for c := range spec.All[spec.WithIO](app.Root()) {
		switch c.(type) {
		case *spec.Flow, spec.Tool:
			b.WriteString("\n  " + spec.TypeName(c))
			for _, p := range c.Ports().Inputs {
				b.WriteString(" " + p.Title + ":" + p.Type.String())
			}
			b.WriteString(" ->")
			for _, p := range c.Ports().Outputs {
				b.WriteString(" " + p.Title + ":" + p.Type.String())
			}
		}
	}
	return b.String()
}

// TestTheGuideOnARealModel needs a model: scripts/local-model with go test ./examples/marketing
func TestTheGuideOnARealModel(t *testing.T) {
	url, id := os.Getenv("WAYFLOW_TEST_LLM_URL"), os.Getenv("WAYFLOW_TEST_LLM_MODEL")
	if url == "" || id == "" {
		t.Skip("set WAYFLOW_TEST_LLM_URL and WAYFLOW_TEST_LLM_MODEL; scripts/local-model env prints them")
	}
	llm, err := model(func(name string) string {
		return map[string]string{"WAYFLOW_TEST_LLM_URL": url, "WAYFLOW_TEST_LLM_MODEL": id}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := demonstrate(t.Context(), &out, marketing(llm)); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
}
