package wayflow_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/engine"
)

func ExampleLoad() {
	app, err := wayflow.Load([]byte(talk), wayflow.WithTools(look))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(app.Root().Base().Name)
	// Output: talk
}

// A document that is wrong gives all findings at once.
func ExampleLoad_findings() {
	wrong := strings.Replace(talk, "source_output: user_input", "source_output: answer", 1)
	_, err := wayflow.Load([]byte(wrong), wayflow.WithFile("talk.yaml"))
	findings, ok := errors.AsType[wayflow.Diagnostics](err)
	fmt.Println(ok)
	for _, d := range findings {
		fmt.Printf("%s: %s\n", d.Code, d.Message)
		break
	}
	// Output:
	// true
	// unknown-output: node "ask" has no output "answer"
}

func ExampleApp_Start() {
	app, err := wayflow.Load([]byte(talk), wayflow.WithTools(look))
	if err != nil {
		log.Fatal(err)
	}
	_, err = app.Start(context.Background(), wayflow.Inputs{})
	fmt.Println(err)
	conv, err := app.Start(context.Background(), wayflow.Inputs{"name": "bob"})
	if err != nil {
		log.Fatal(err)
	}
	status, err := conv.Run(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.(*wayflow.UserMessageRequired).Message.Text())
	// Output:
	// input "name" is missing; give it string
	// Which city, bob?
}

func ExampleConversation_Run() {
	conv := example()
	ctx := context.Background()
	for {
		status, err := conv.Run(ctx)
		if err != nil {
			log.Fatal(err)
		}
		switch s := status.(type) {
		case *wayflow.UserMessageRequired:
			fmt.Println("asked:", s.Message.Text())
			if err := conv.Say("Paris"); err != nil {
				log.Fatal(err)
			}
			continue
		case *wayflow.Finished:
			fmt.Println("outputs:", s.Outputs.Of())
		}
		break
	}
	fmt.Println("last:", conv.LastMessage().Text())
	// Output:
	// asked: Which city, bob?
	// outputs: {"weather":"rain in Paris"}
	// last: It is rain in Paris.
}

func ExampleConversation_Events() {
	conv := example()
	ctx := context.Background()
	if _, err := conv.Run(ctx); err != nil {
		log.Fatal(err)
	}
	if err := conv.Say("Paris"); err != nil {
		log.Fatal(err)
	}
	for ev, err := range conv.Events(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		switch n := ev.Note.(type) {
		case engine.NodeStarted:
			fmt.Println("node", strings.Join(n.Path, " > "))
		case engine.EffectFinished:
			fmt.Println("tool returned", n.Result.Value)
		case engine.MessageAdded:
			fmt.Println("message", n.Message.Text())
		}
	}
	// Output:
	// message Paris
	// node look
	// tool returned "rain in Paris"
	// node tell
	// message It is rain in Paris.
	// node end
}

func ExampleConversation_Snapshot() {
	app, err := wayflow.Load([]byte(talk), wayflow.WithTools(look))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	conv, err := app.Start(ctx, wayflow.Inputs{"name": "bob"})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := conv.Run(ctx); err != nil {
		log.Fatal(err)
	}
	saved, err := conv.Snapshot() // bytes for a file or a database
	if err != nil {
		log.Fatal(err)
	}

	later, err := app.Resume(ctx, saved) // in this process or another
	if err != nil {
		log.Fatal(err)
	}
	if err := later.Say("Rome"); err != nil {
		log.Fatal(err)
	}
	if _, err := later.Run(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(later.LastMessage().Text())
	// Output: It is rain in Rome.
}

func ExampleFunc() {
	type input struct {
		Text  string `json:"text" description:"what to repeat"`
		Times int    `json:"times" default:"2"`
	}
	echo := wayflow.Func("echo", "Repeats a text.", func(_ context.Context, in input) (string, error) {
		return strings.Repeat(in.Text, in.Times), nil
	})
	for _, p := range echo.Spec().Inputs {
		fmt.Println(p.Title, p.Type, p.HasDefault)
	}
	// Output:
	// text string false
	// times integer true
}

// example is a conversation that has not run.
func example() *wayflow.Conversation {
	app, err := wayflow.Load([]byte(talk), wayflow.WithTools(look))
	if err != nil {
		log.Fatal(err)
	}
	conv, err := app.Start(context.Background(), wayflow.Inputs{"name": "bob"})
	if err != nil {
		log.Fatal(err)
	}
	return conv
}
