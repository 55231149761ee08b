package main

import (
	"errors"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/spec"
)

// errNoModel says how to choose a model.
var errNoModel = errors.New("no model: set OPENAI_API_KEY, or OPENAI_BASE_URL and OPENAI_MODEL for a server that speaks " +
	"OpenAI's protocol; scripts/local-model with go run ./examples/marketing sets up a small one")

// model is the one that the environment names: that of a server at OPENAI_BASE_URL or, where scripts/local-model runs one,
// at WAYFLOW_TEST_LLM_URL, else one of OpenAI's.
func model(env func(string) string) (spec.LlmConfig, error) {
	var llm spec.LlmConfig
	switch {
	case env("OPENAI_BASE_URL") != "" && env("OPENAI_MODEL") != "":
		llm = wayflow.OpenAICompatible(env("OPENAI_MODEL"), env("OPENAI_BASE_URL"))
	case env("OPENAI_API_KEY") != "":
		name := env("OPENAI_MODEL")
		if name == "" {
			name = "gpt-4.1-mini"
		}
		llm = wayflow.OpenAI(name)
	case env("WAYFLOW_TEST_LLM_URL") != "":
		llm = wayflow.OpenAICompatible(env("WAYFLOW_TEST_LLM_MODEL"), env("WAYFLOW_TEST_LLM_URL"))
	default:
		return nil, errNoModel
	}
	limit := 160
	llm.Llm().DefaultGenerationParameters = &spec.LlmGenerationConfig{MaxTokens: &limit}
	return llm, nil
}
