package wayflow_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/wayflow-go/wayflow"
)

// result runs a flow to its end.
func result(part wayflow.Part, inputs wayflow.Inputs) string {
	ctx := context.Background()
	app, err := wayflow.Build(part)
	if err != nil {
		log.Fatal(err)
	}
	conv, err := app.Start(ctx, inputs)
	if err != nil {
		log.Fatal(err)
	}
	status, err := conv.Run(ctx)
	if err != nil {
		log.Fatal(err)
	}
	return status.(*wayflow.Finished).Outputs.Of().String()
}

// Each output feeds the inputs of its name in the other nodes; what no node yields is an input of the flow.
func ExampleSequence() {
	flow := wayflow.Sequence("welcome",
		wayflow.Template("greet", "Welcome, {{name}}").Output("greeting"),
		wayflow.Say("show", "{{greeting}}!"))
	fmt.Println(result(flow, wayflow.Inputs{"name": "Bob"}))
	// Output: {"greeting":"Welcome, Bob","output_message":"Welcome, Bob!"}
}

// Flows run at once, and a node stands for a flow of it alone.
func ExampleParallel() {
	type user struct {
		Username string `json:"username"`
	}
	name := wayflow.Func("get_name", "The name of a user",
		func(_ context.Context, in user) (string, error) { return "Bob", nil })
	basket := wayflow.Func("get_basket", "What a user is about to buy",
		func(_ context.Context, in user) ([]string, error) { return []string{"broom"}, nil })

	flow := wayflow.Sequence("basket",
		wayflow.Parallel("lookup",
			wayflow.CallTool("name", name).Output("name"),
			wayflow.CallTool("basket", basket).Output("basket"),
		).MaxWorkers(2),
		wayflow.Template("tell", "{{name}} buys {{basket}}").Output("text"),
	).Outputs("text")
	fmt.Println(result(flow, wayflow.Inputs{"username": "bob"}))
	// Output: {"text":"Bob buys [\"broom\"]"}
}

// Nodes that do not simply follow one another are joined by edges. A node that no edge leaves ends the flow.
func ExampleGraph() {
	route := wayflow.Branch("route").Input("language").On("de", "german").On("fr", "french")
	german := wayflow.Template("german", "Hallo, {{name}}").Output("greeting")
	french := wayflow.Template("french", "Bonjour, {{name}}").Output("greeting")
	english := wayflow.Template("english", "Hello, {{name}}").Output("greeting")

	flow := wayflow.Graph("greet", route).
		Branch(route, "german", german).
		Branch(route, "french", french).
		Edge(route, english) // all other branches
	fmt.Println(result(flow, wayflow.Inputs{"language": "de", "name": "Bob"}))
	fmt.Println(result(flow, wayflow.Inputs{"language": "it", "name": "Bob"}))
	// Output:
	// {"greeting":"Hallo, Bob"}
	// {"greeting":"Hello, Bob"}
}

// A variable lasts as long as the run of its flow. Here a loop collects in one what it is told.
func ExampleVariable() {
	items := wayflow.Variable("items", []string{})
	ask := wayflow.Ask("ask", "What else?").Output("item")
	route := wayflow.Branch("route").Input("item").On("nothing", "done")
	add := wayflow.WriteVariable("add", items).Insert().Input("item")
	list := wayflow.ReadVariable("list", items).Output("items")

	app, err := wayflow.Build(wayflow.Graph("shopping").
		Chain(ask, route, add).
		Edge(add, ask).
		Branch(route, "done", list).
		State(items).
		Outputs("items"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	conv, err := app.Start(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, answer := range []string{"milk", "bread", "nothing"} {
		if _, err := conv.Run(ctx); err != nil {
			log.Fatal(err)
		}
		if err := conv.Say(answer); err != nil {
			log.Fatal(err)
		}
	}
	status, err := conv.Run(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.(*wayflow.Finished).Outputs.Of())
	// Output: {"items":["milk","bread"]}
}

// What is wrong with a flow is found before it runs, with the line that built it.
func ExampleBuild_findings() {
	_, err := wayflow.Build(wayflow.Sequence("wrong",
		wayflow.Template("greet", "Hello, {{name}").Output("greeting")))
	var findings wayflow.Diagnostics
	errors.As(err, &findings)
	for _, d := range findings {
		fmt.Printf("%s: %s; %s\n", d.Code, d.Message, d.Help)
	}
	// Output: template: the template of node "greet" is wrong: line 1, column 14: unexpected '}'; mend the template
}
