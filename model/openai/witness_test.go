package openai_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	client "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"

	"github.com/wayflow-go/wayflow/value"
)

// notOpenAI are golden requests that the client cannot read back, with the reason.
var notOpenAI = map[string]string{
	"chat extra content":     "extra_content is Gemini's",
	"chat parameters":        "chat_template_kwargs is vLLM's",
	"chat gemma 3":           "a user's message has no tool_call_id",
	"responses conversation": "messages of the assistant without a type, which the API takes, confuse the client's reader",
	"responses reasoning":    "the same",
}

// TestTheOfficialClientKnowsOurRequests reads the golden requests, which ours equal, into the official client's types and
// writes them again: what it does not know would be lost.
func TestTheOfficialClientKnowsOurRequests(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/requests.json")
	if err != nil {
		t.Fatal(err)
	}
	golden, _ := parse(t, string(raw)).AsObject()
	for name, request := range golden.All() {
		if notOpenAI[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := request.Get("body")
			var params any = &client.ChatCompletionNewParams{}
			if strings.HasSuffix(request.Get("url").Str(), "/responses") {
				params = &responses.ResponseNewParams{}
			}
			if err := json.Unmarshal(value.AppendJSON(nil, want), params); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(params)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := parse(t, string(again)).AsObject()
			if stream := want.Get("stream"); !stream.IsNull() { // the client adds it itself
				got = got.With("stream", stream)
			}
			if !value.Equal(got.Of(), want) {
				t.Errorf("the client makes of it\n%s\nwant\n%s", got.Of(), want)
			}
		})
	}
}
