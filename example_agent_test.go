package wayflow_test

import (
	"context"
	"fmt"
	"iter"
	"log"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// parrot stands for a real model, so that the examples run anywhere: it looks out of the window, and tells what it saw.
type parrot struct{}

func (parrot) Generate(_ context.Context, p *prompt.Prompt, _ model.Options) iter.Seq2[model.Chunk, error] {
	last := p.Messages[len(p.Messages)-1]
	answer := message.Text(message.Assistant, "I see "+last.Text()+".")
	if last.ToolResult == nil {
		answer = message.Message{Role: message.Assistant, ToolRequests: []message.ToolRequest{{
			ID: "1", Name: "look", Args: value.NewObject(value.Member{Key: "city", Value: value.String(last.Text())}),
		}}}
	}
	return func(yield func(model.Chunk, error) bool) {
		yield(model.Chunk{Answer: &model.Answer{Message: answer}}, nil)
	}
}

// An agent calls Go functions when its model wants to, and waits for the user when the model has said something.
func ExampleAgent() {
	agent := wayflow.Agent("reporter", wayflow.OpenAI("gpt-4.1-mini"), "You tell the weather.").
		Greeting("Which city?").
		Tools(look)
	app, err := wayflow.Build(agent, wayflow.WithModels(func(spec.LlmConfig) (model.Model, error) { return parrot{}, nil }))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	conv, err := app.Start(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, city := range []string{"Paris", "Oslo"} {
		if _, err := conv.Run(ctx); err != nil {
			log.Fatal(err)
		}
		fmt.Println(conv.LastMessage().Text())
		if err := conv.Say(city); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// Which city?
	// I see rain in Paris.
}

// The agents of a swarm send each other messages, and hand the conversation with the user over.
func ExampleSwarm() {
	gpt := wayflow.OpenAI("gpt-4.1-mini")
	doctor := wayflow.Agent("doctor", gpt, "You are a doctor.").Describe("Knows a little of everything")
	surgeon := wayflow.Agent("surgeon", gpt, "You operate.").Describe("Operates")
	app, err := wayflow.Build(wayflow.Swarm("clinic", doctor).Calls(doctor, surgeon).Calls(surgeon, doctor))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(spec.TypeName(app.Root()))
	// Output: Swarm
}
