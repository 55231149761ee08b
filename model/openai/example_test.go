package openai_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
)

// A model is asked, and its answer shown as it comes.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, word := range []string{"Happy ", "birthday, ", "Bob!"} {
			fmt.Fprintf(w, "data: {\"choices\": [{\"delta\": {\"content\": %q}}]}\n\n", word)
		}
		fmt.Fprint(w, "data: [DONE]\n\n")
	}))
	defer server.Close()

	config := &spec.VllmConfig{}
	config.ModelID, config.URL = "small-model", &server.URL
	m, err := openai.New(config, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.CloseIdleConnections()

	p := &prompt.Prompt{Messages: []message.Message{message.Text(message.User, "Congratulate Bob.")}}
	for chunk, err := range m.Generate(context.Background(), p, model.Options{Stream: true}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if chunk.Answer != nil {
			fmt.Println()
			continue
		}
		fmt.Print(chunk.Delta)
	}
	// Output: Happy birthday, Bob!
}
