// Command marketing builds in Go the flow that marketing.yaml writes down: a shop greets a customer. Four lookups run at
// once, a model writes a message from what they found, and it is shown. The program runs the flow, writes it down as JSON
// and as YAML, loads what it wrote, and runs that too.
//
//	go run ./examples/marketing        # the model is the one that the environment names, see model.go
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/spec"
)

const text = `Customer: {{user_info}}
Bought before: {{user_purchases}}
On sale today: {{items_on_sale}}
Now: {{current_time}}

Write a short marketing message to this customer: greet the customer by name and recommend one thing that is on sale.
`

// marketing is the flow: it takes a username, and its output is the message.
func marketing(llm spec.LlmConfig) *wayflow.Flow {
	return wayflow.Sequence("marketing",
		wayflow.Parallel("lookup",
			wayflow.CallTool("time", getCurrentTime).Output("current_time"),
			wayflow.CallTool("user", getUserInformation).Output("user_info"),
			wayflow.CallTool("purchases", getUserLastPurchases).Output("user_purchases"),
			wayflow.CallTool("sale", getItemsOnSale).Output("items_on_sale"),
		).MaxWorkers(4),
		wayflow.Prompt("write", llm, text).Output("message"),
		wayflow.Say("show", "{{message}}"),
	).Describe("Writes a marketing message for one customer").Outputs("message")
}

func main() {
	llm, err := model(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	if err := demonstrate(context.Background(), os.Stdout, marketing(llm)); err != nil {
		log.Fatal(err)
	}
}

// demonstrate builds the flow and runs it, once as it was built and once for each syntax that it was written in.
func demonstrate(ctx context.Context, out io.Writer, flow *wayflow.Flow) error {
	app, err := wayflow.Build(flow)
	if err != nil {
		return err
	}
	if err := run(ctx, out, "built in Go", app); err != nil {
		return err
	}
	for _, syntax := range []struct {
		name   string
		format spec.Format
	}{{"JSON", spec.JSON}, {"YAML", spec.YAML}} {
		document, err := app.Export(&spec.ExportOptions{Format: syntax.format})
		if err != nil {
			return err
		}
		// A document only names its tools, so whoever loads it brings them.
		loaded, err := wayflow.Load(document, wayflow.WithTools(
			getCurrentTime, getUserInformation, getUserLastPurchases, getItemsOnSale))
		if err != nil {
			return err
		}
		if err := run(ctx, out, fmt.Sprintf("loaded from %d bytes of %s", len(document), syntax.name), loaded); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, out io.Writer, what string, app *wayflow.App) error {
	conv, err := app.Start(ctx, wayflow.Inputs{"username": "bob"})
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := conv.Run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "== %s, %.1f s\n%s\n", what, time.Since(began).Seconds(), conv.LastMessage().Text())
	return nil
}
