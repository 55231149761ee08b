package prompt_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// fuzzCalls looks for answers that a format cannot bear: whatever is found must be data that can be stored.
func fuzzCalls(f *testing.F, format prompt.CallFormat, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		_, calls := format.Calls(answer)
		for _, c := range calls {
			if _, err := json.Marshal(c.Name); err != nil || c.Args == nil {
				t.Fatalf("the call %+v cannot be stored: %v", c, err)
			}
		}
	})
}

func FuzzJSONCalls(f *testing.F) {
	fuzzCalls(f, prompt.ThoughtJSONCalls{}, `{"name": "f", "parameters": {"a": 1}}`, `hm [{"name": "f", args={`, `{"actions": [{}]}`)
}

func FuzzPythonCalls(f *testing.F) {
	fuzzCalls(f, prompt.PythonCalls{}, `[f(a=1), g(*x, b=[i for i in y])]`, `f(lambda x: -x ** 2, "\x41" 'b')`, "x: int = f(a[1:2, ::3])\n", "f(((((1)))))", "((((", `f"{`)
}

func FuzzReactCalls(f *testing.F) {
	fuzzCalls(f, prompt.ReactCalls{}, "## Thought: a\n## Action:\n```json\n{\"name\": \"f\", \"parameters\": {}}\n```\n## Observation: b")
}

// drawTalk is a conversation in which each request has its result.
func drawTalk(t *rapid.T) []message.Message {
	var out []message.Message
	word := rapid.StringMatching(`[a-z<>&"' ]{1,8}`)
	for range rapid.IntRange(0, 8).Draw(t, "length") {
		text := word.Draw(t, "text")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			out = append(out, message.Text(message.System, text))
		case 1:
			out = append(out, message.Text(message.User, text))
		case 2:
			out = append(out, message.Text(message.Assistant, text))
		default:
			m := message.Text(message.Assistant, text)
			var results []message.Message
			for i := range rapid.IntRange(1, 3).Draw(t, "calls") {
				id := string(rune('a'+len(out))) + string(rune('0'+i))
				args := value.NewObject(value.Member{Key: "x", Value: value.String(word.Draw(t, "x"))}, value.Member{Key: "n", Value: value.Int(int64(i))})
				m.ToolRequests = append(m.ToolRequests, message.ToolRequest{ID: id, Name: "f", Args: args})
				results = append(results, message.Message{Role: message.User, ToolResult: &message.ToolResult{RequestID: id, Content: value.String(text)}})
			}
			out = append(append(out, m), results...)
		}
	}
	return out
}

// TestCanonicalTakesTurns: whatever is said, there is one system message at most, at the beginning, then the user and the
// assistant in turns, and each request is followed by its result.
func TestCanonicalTakesTurns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		got, err := prompt.Canonical(drawTalk(t))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > 0 && got[0].Role == message.System {
			got = got[1:]
		}
		for i := range got {
			if want := []message.Role{message.User, message.Assistant}[i%2]; got[i].Role != want {
				t.Fatalf("message %d is of the %s: %+v", i, got[i].Role, got)
			}
			if n := len(got[i].ToolRequests); n > 1 || n == 1 && (i+1 == len(got) || got[i+1].ToolResult == nil || got[i+1].ToolResult.RequestID != got[i].ToolRequests[0].ID) {
				t.Fatalf("message %d is not followed by its result: %+v", i, got)
			}
		}
	})
}

// TestMergedCallsAreReadBack: what a format writes it also reads, and no request or result is left.
func TestMergedCallsAreReadBack(t *testing.T) {
	t.Parallel()
	for _, format := range []prompt.CallFormat{prompt.JSONCalls{}, prompt.PythonCalls{}, prompt.ReactCalls{}} {
		rapid.Check(t, func(t *rapid.T) {
			talk := drawTalk(t)
			got, err := prompt.MergeCalls(format)(talk)
			if err != nil {
				t.Fatal(err)
			}
			at := 0
			for _, m := range talk {
				if m.ToolResult != nil {
					continue
				}
				if m.ToolRequests == nil {
					at++
					continue
				}
				written := got[at]
				if written.ToolRequests != nil || got[at+1].ToolResult != nil || got[at+1].Role != message.User {
					t.Fatalf("a request became %+v", got[at:at+2])
				}
				_, calls := format.Calls(written.Text())
				if len(calls) != len(m.ToolRequests) {
					t.Fatalf("%d calls were read back of %q", len(calls), written.Text())
				}
				for i, c := range calls {
					if !value.Equal(c.Args.Of(), m.ToolRequests[i].Args.Of()) {
						t.Fatalf("%s was read back as %s", m.ToolRequests[i].Args.Of(), c.Args.Of())
					}
				}
				at += 2
			}
		})
	}
}
