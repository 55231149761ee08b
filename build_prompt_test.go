package wayflow_test

import (
	"context"
	"testing"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

// TestBuildPromptOfMessages runs what the builders of prompts make, and the document that they are exported as.
func TestBuildPromptOfMessages(t *testing.T) {
	t.Parallel()
	server := modeltest.NewServer(t, modeltest.Reply{Text: "So: ANSWER 42."}, modeltest.Reply{Text: "So: ANSWER 42."})
	llm := wayflow.VLLM("tiny", server.URL)
	tmpl := wayflow.PromptMessages(wayflow.SystemText("be {{how}}"), wayflow.ChatSoFar(), wayflow.UserText("ask"))
	tmpl.OutputParser = wayflow.Parsers(wayflow.ParseRegex(`ANSWER (\d+)`))
	tmpl.PreRenderingTransforms = []spec.MessageTransform{wayflow.SummarizeMessages(llm), wayflow.SummarizeConversation(llm)}
	f := wayflow.Sequence("f", wayflow.Prompt("p", llm, "").Messages(tmpl))
	built, err := wayflow.Build(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := built.Export(nil)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := wayflow.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, app := range []*wayflow.App{built, loaded} {
		conv, err := app.Start(context.Background(), wayflow.Inputs{"how": "brief"})
		if err != nil {
			t.Fatal(err)
		}
		status, err := conv.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		done, ok := status.(*wayflow.Finished)
		if !ok {
			t.Fatalf("it ended with %+v", status)
		}
		if out, _ := done.Outputs.Get("output"); out.Str() != "42" {
			t.Errorf("outputs %s", done.Outputs.Of())
		}
	}
}
