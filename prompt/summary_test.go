package prompt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// world does what renderings want to know first: a model that numbers its summaries, and a cache.
type world struct {
	asked []*prompt.Prompt
	cache map[string]*value.Object
}

func (w *world) does(a *prompt.Aside) value.Value {
	switch {
	case a.Ask != nil:
		w.asked = append(w.asked, a.Ask.Prompt)
		return value.String(fmt.Sprint("summary ", len(w.asked)))
	case a.Recall != nil:
		if e, ok := w.cache[a.Recall.Key]; ok {
			return e.Of()
		}
		return value.Null
	default:
		w.cache[a.Remember.Key] = a.Remember.Content
		return value.Null
	}
}

type failer interface{ Fatal(args ...any) }

// render makes a prompt of the conversation alone.
func (w *world) render(t failer, transform prompt.Transform, history []message.Message) []message.Message {
	tmpl := &prompt.Template{Messages: []prompt.TemplateMessage{{History: true}}, Before: []prompt.Transform{transform}}
	r := &prompt.Rendering{History: history}
	for {
		p, aside, err := tmpl.Render(r)
		switch {
		case err != nil:
			t.Fatal(err)
		case aside == nil:
			return p.Messages
		}
		r.Known = append(r.Known, w.does(aside))
	}
}

func summary(cached bool) prompt.Summary {
	tmpl, err := jinja.Parse("[{{summary}}]")
	if err != nil {
		panic(err)
	}
	s := prompt.Summary{Instructions: "Shorten it.", Template: tmpl}
	if cached {
		s.Cache = &prompt.Cache{Collection: "c"}
	}
	return s
}

func texts(messages []message.Message) []string {
	out := make([]string, len(messages))
	for i := range messages {
		out[i] = messages[i].Text()
	}
	return out
}

func small(n int) []message.Message {
	var out []message.Message
	for i := range n {
		role := []message.Role{message.User, message.Assistant}[i%2]
		out = append(out, message.Text(role, fmt.Sprint("m", i)))
	}
	return out
}

// TestTheSummaryOfAConversationMovesOn: what was summarised once is not summarised again, however long it grows.
func TestTheSummaryOfAConversationMovesOn(t *testing.T) {
	t.Parallel()
	w := &world{cache: map[string]*value.Object{}}
	s := &prompt.SummarizeConversation{Summary: summary(true), MaxMessages: 6, Keep: 2}
	var sizes []int
	for n := 1; n <= 30; n++ {
		sizes = append(sizes, len(w.render(t, s, small(n))))
	}
	want := []int{1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 3, 4, 5, 6, 3, 4, 5, 6, 3, 4, 5, 6, 3, 4, 5, 6, 3, 4, 5, 6}
	if diff := cmp.Diff(want, sizes); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if len(w.asked) != 6 || len(w.cache) != 1 {
		t.Errorf("the model was asked %d times, and the cache has %d entries; want 6 and 1", len(w.asked), len(w.cache))
	}
	if got := w.asked[1].Messages[0].Text(); !strings.Contains(got, "[summary 1]") || strings.Contains(got, "m4") || !strings.Contains(got, "m5") {
		t.Errorf("the second summary is made of\n%s", got)
	}
	last := texts(w.render(t, s, small(31)))
	if diff := cmp.Diff([]string{"[summary 7]", "m29", "m30"}, last); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSummaryOfAConversation(t *testing.T) {
	t.Parallel()
	request := message.Message{Role: message.Assistant, ToolRequests: []message.ToolRequest{{ID: "1", Name: "f", Args: value.NewObject()}}}
	result := message.Message{Role: message.User, ToolResult: &message.ToolResult{RequestID: "1", Content: value.String("r")}}
	tooled := append(small(4), request, message.Text(message.Assistant, "wait"), result, message.Text(message.User, "end"))
	for _, tt := range []struct {
		name      string
		transform *prompt.SummarizeConversation
		history   []message.Message
		want      []string
	}{
		{"short", &prompt.SummarizeConversation{MaxMessages: 8, Keep: 1}, tooled, []string{"m0", "m1", "m2", "m3", "", "wait", "r", "end"}},
		{"what asked for a result that is kept is kept", &prompt.SummarizeConversation{MaxMessages: 4, Keep: 2}, tooled, []string{"[summary 1]", "", "wait", "r", "end"}},
		{"by characters", &prompt.SummarizeConversation{MaxCharacters: 20, Keep: 1}, small(4), []string{"[summary 1]", "m3"}},
		{"few characters", &prompt.SummarizeConversation{MaxCharacters: 100, Keep: 1}, small(4), []string{"m0", "m1", "m2", "m3"}},
		{"nothing to summarise", &prompt.SummarizeConversation{MaxCharacters: 1, Keep: 5}, small(4), []string{"m0", "m1", "m2", "m3"}},
	} {
		tt.transform.Summary = summary(false)
		w := &world{}
		if diff := cmp.Diff(tt.want, texts(w.render(t, tt.transform, tt.history))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSummaryOfMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("words and more words\n", 10) // 210 characters, 53 tokens
	history := []message.Message{
		message.Text(message.User, "short"),
		message.Text(message.User, long),
		{Role: message.User, ToolResult: &message.ToolResult{RequestID: "1", Content: value.String(long + "!")}},
	}
	s := &prompt.SummarizeMessages{Summary: summary(true), Tokens: 30}
	w := &world{cache: map[string]*value.Object{}}
	want := []string{"short", "[summary 4]", "[summary 2]"}
	for range 2 { // the second time all is known
		got := w.render(t, s, history)
		if diff := cmp.Diff(want, texts(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got[2].ToolResult == nil || len(got[2].Contents) != 0 {
			t.Errorf("the result became %+v", got[2])
		}
	}
	if len(w.asked) != 4 || len(w.cache) != 2 {
		t.Errorf("the model was asked %d times, and the cache has %d entries; want 4 and 2", len(w.asked), len(w.cache))
	}
	if history[1].Text() != long {
		t.Error("the conversation itself was changed")
	}
	if got := w.render(t, s, history[1:]); got[0].Text() != "[summary 4]" || len(w.asked) != 4 {
		t.Errorf("at another place it is %q, after %d questions", got[0].Text(), len(w.asked))
	}
}

// TestSummariesLoseNothing: whatever the sizes, the model is shown every character, no more at once than it may, and is
// asked nothing twice.
func TestSummariesLoseNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a-z \n]{0,300}`), 1, 5).Draw(t, "parts")
		tokens := rapid.Int64Range(1, 60).Draw(t, "tokens")
		m := message.Message{Role: message.User}
		size := int64(0)
		for _, p := range parts {
			part := message.Part{Text: p}
			m.Contents = append(m.Contents, part)
			size += part.Tokens()
		}
		w := &world{cache: map[string]*value.Object{}}
		got := w.render(t, &prompt.SummarizeMessages{Summary: summary(true), Tokens: tokens}, []message.Message{m})
		if size <= tokens {
			if len(w.asked) > 0 || !cmp.Equal(got[0], m) {
				t.Fatalf("a short message became %+v", got[0])
			}
			return
		}
		var shown strings.Builder
		for _, p := range w.asked {
			n := int64(0)
			for _, part := range p.Messages[0].Contents[1:] {
				shown.WriteString(part.Text)
				n += part.Tokens()
			}
			if n > tokens {
				t.Fatalf("the model is shown %d tokens at once, of at most %d", n, tokens)
			}
		}
		if shown.String() != strings.Join(parts, "") {
			t.Fatalf("the model was shown %q of %q", shown.String(), strings.Join(parts, ""))
		}
	})
}
