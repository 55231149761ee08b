package prompt_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

func text(t *testing.T, role message.Role, template string) prompt.TemplateMessage {
	t.Helper()
	parsed, err := jinja.Parse(template)
	if err != nil {
		t.Fatal(err)
	}
	m := prompt.Text(parsed)
	m.Message.Role = role
	return m
}

// render makes a prompt for which nothing has to be known first.
func render(t testing.TB, tmpl *prompt.Template, args []value.Value, history []message.Message, tools []prompt.Tool) *prompt.Prompt {
	t.Helper()
	p, aside, err := tmpl.Render(&prompt.Rendering{Args: args, History: history, Tools: tools})
	if err != nil || aside != nil {
		t.Fatalf("Render = %+v, %v", aside, err)
	}
	return p
}

var talk = []message.Message{
	message.Text(message.User, "hi {{x}}"),
	{Role: message.Assistant, Contents: []message.Part{{Text: "hm"}}, Kind: message.TypeThought},
	message.Text(message.Assistant, "ho"),
	message.Text(message.System, "be good"),
}

func TestTemplateSplicesTheConversation(t *testing.T) {
	t.Parallel()
	tmpl := &prompt.Template{
		Messages:   []prompt.TemplateMessage{text(t, message.System, "for {{x}}"), {History: true}, text(t, message.User, "{{y}} {{x}}")},
		Generation: value.NewObject(value.Member{Key: "max_tokens", Value: value.Int(3)}),
	}
	tmpl.Infer()
	got := render(t, tmpl, []value.Value{value.String("X"), value.String("Y")}, talk, nil)
	want := []message.Message{
		message.Text(message.System, "for X"),
		message.Text(message.User, "hi {{x}}"), // the conversation is no template
		message.Text(message.Assistant, "ho"),
		message.Text(message.User, "Y X"),
	}
	if diff := cmp.Diff(want, got.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestTemplateKnowsItsOwnVariables(t *testing.T) {
	t.Parallel()
	tmpl := &prompt.Template{
		Messages: []prompt.TemplateMessage{text(t, message.User,
			"{% for m in __CHAT_HISTORY__ %}{{m.message_type}}={{m.content}};{% endfor %}{{ __TOOLS__ }} {{x}}")},
		TextTools: true,
	}
	tmpl.Infer()
	if len(tmpl.Variables) != 1 || tmpl.Variables[0].Title != "x" {
		t.Fatalf("variables %+v, want x alone", tmpl.Variables)
	}
	got := render(t, tmpl, []value.Value{value.String("X")}, talk, nil)
	if want := "USER=hi {{x}};AGENT=ho;[] X"; got.Messages[0].Text() != want {
		t.Errorf("got %q, want %q", got.Messages[0].Text(), want)
	}
}

func TestTransforms(t *testing.T) {
	t.Parallel()
	system, user, agent := message.System, message.User, message.Assistant
	say := message.Text
	request := message.Message{Role: agent, ToolRequests: []message.ToolRequest{{ID: "1", Name: "f"}, {ID: "2", Name: "g"}}}
	one := message.Message{Role: agent, ToolRequests: []message.ToolRequest{{ID: "1", Name: "f"}}}
	two := message.Message{Role: agent, ToolRequests: []message.ToolRequest{{ID: "2", Name: "g"}}}
	result := func(role message.Role, id string) message.Message {
		return message.Message{Role: role, ToolResult: &message.ToolResult{RequestID: id, Content: value.Int(1)}}
	}
	for _, tt := range []struct {
		name      string
		transform prompt.Pure
		in, want  []message.Message
	}{
		{"coalesce", prompt.CoalesceSystem, []message.Message{say(system, "a\n"), say(system, "\nb"), say(user, "c"), say(system, "d")}, []message.Message{say(system, "a\n\nb"), say(user, "c"), say(system, "d")}},
		{"coalesce nothing", prompt.CoalesceSystem, []message.Message{say(user, "c"), say(system, "d")}, []message.Message{say(user, "c"), say(system, "d")}},
		{"remove empty", prompt.RemoveEmpty, []message.Message{say(system, ""), say(user, ""), say(agent, ""), one}, []message.Message{say(user, ""), one}},
		{
			"trailing system", prompt.AppendTrailingSystem,
			[]message.Message{say(agent, "a"), say(user, "b"), say(system, "c")},
			[]message.Message{say(agent, "a"), {Role: user, Contents: []message.Part{{Text: "b"}, {Text: "c"}}}},
		},
		{"split", prompt.SplitOnMarker(prompt.DefaultMarker), []message.Message{say(user, "a\n---\n b \n---\n"), say(agent, "c")}, []message.Message{say(user, "a"), say(user, "b"), say(agent, "c")}},
		{
			"canonical", prompt.Canonical,
			[]message.Message{say(agent, "a"), say(system, "s"), say(agent, "b"), say(user, "c"), say(user, "d")},
			[]message.Message{say(system, "s"), say(user, "begin"), {Role: agent, Contents: []message.Part{{Text: "a"}, {Text: "b"}}}, {Role: user, Contents: []message.Part{{Text: "c"}, {Text: "d"}}}},
		},
		{
			"canonical tools", prompt.Canonical,
			[]message.Message{say(user, "a"), request, result(agent, "1"), result(agent, "2")},
			[]message.Message{say(user, "a"), one, result(user, "1"), two, result(user, "2")},
		},
		{"canonical nothing", prompt.Canonical, nil, []message.Message{say(user, "begin")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.transform(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	_, err := prompt.Canonical([]message.Message{say(user, "a"), request, result(agent, "1")})
	var wrong *prompt.TransformError
	if !errors.As(err, &wrong) || wrong.Class != "ValueError" {
		t.Errorf("an unanswered request: error %v, want a ValueError", err)
	}
}
