package model_test

import (
	"testing"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// The figures are those of the Python reference (tokenusagehelpers) for the same messages and tools.
func TestEstimate(t *testing.T) {
	t.Parallel()
	args := value.NewObject(value.Member{Key: "city", Value: value.String("Zurich")})
	tools := []prompt.Tool{{
		Name: "get_weather", Description: "the weather", Inputs: []value.Property{{Title: "city", Type: value.StringType}},
	}}
	hello := message.Text(message.User, "Hello?")
	tests := []struct {
		name          string
		prompt        prompt.Prompt
		answer        *message.Message
		input, output int64
	}{
		{"text", prompt.Prompt{Messages: []message.Message{hello}}, &hello, 38, 8},
		{"characters, not bytes", prompt.Prompt{Messages: []message.Message{message.Text(message.User, "世界世界")}}, nil, 37, 0},
		{
			"image and tool request",
			prompt.Prompt{Messages: []message.Message{{Contents: []message.Part{{Text: "Hello?"}, {Image: "data:"}}}}},
			&message.Message{ToolRequests: []message.ToolRequest{{Name: "get_weather", Args: args}}},
			30 + 6 + 2 + 16384, 6 + 0 + 3 + 5,
		},
		{"tools", prompt.Prompt{Messages: []message.Message{hello}, Tools: tools}, nil, 38 + 51, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := message.Usage{Input: test.input, Output: test.output, Estimated: true}
			if got := model.Estimate(&test.prompt, test.answer); got != want {
				t.Errorf("Estimate = %+v, want %+v", got, want)
			}
		})
	}
}
