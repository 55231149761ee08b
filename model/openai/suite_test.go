package openai_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/model/openai"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ptr[T any](v T) *T { return &v }

// newModel returns a model that is closed with its test.
func newModel(tb testing.TB, cfg spec.LlmConfig, o *openai.Options) *openai.Model {
	tb.Helper()
	m, err := openai.New(cfg, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(m.CloseIdleConnections)
	return m
}

func compatible(url string, setup modeltest.Setup, api *string) spec.OpenAiCompatibleConfig {
	cfg := spec.OpenAiCompatibleConfig{}
	cfg.ModelID, cfg.URL, cfg.APIKey, cfg.RetryPolicy, cfg.APIType = "tiny", &url, &setup.Key, setup.Policy, api
	return cfg
}

func TestSuite(t *testing.T) {
	providers := map[string]func(spec.OpenAiCompatibleConfig) spec.LlmConfig{
		"compatible": func(c spec.OpenAiCompatibleConfig) spec.LlmConfig { return &c },
		"responses": func(c spec.OpenAiCompatibleConfig) spec.LlmConfig {
			c.APIType = ptr("responses")
			return &c
		},
		"vllm": func(c spec.OpenAiCompatibleConfig) spec.LlmConfig { return &spec.VllmConfig{OpenAiCompatibleConfig: c} },
		"ollama": func(c spec.OpenAiCompatibleConfig) spec.LlmConfig {
			return &spec.OllamaConfig{OpenAiCompatibleConfig: c}
		},
		"bare": func(c spec.OpenAiCompatibleConfig) spec.LlmConfig {
			c.Provider = ptr("vllm")
			return &spec.GenericLlmConfig{LlmBase: c.LlmBase}
		},
	}
	for name, config := range providers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.Run(t, modeltest.Provider{New: func(tb testing.TB, s *modeltest.Server, setup modeltest.Setup) model.Model {
				return newModel(tb, config(compatible(s.URL, setup, nil)), nil)
			}})
		})
	}
}
