package gemini_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/model/gemini"
	"github.com/wayflow-go/wayflow/model/modeltest"
	"github.com/wayflow-go/wayflow/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ptr[T any](v T) *T { return &v }

// newModel returns a model that is closed with its test.
func newModel(tb testing.TB, cfg spec.LlmConfig, o *gemini.Options) *gemini.Model {
	tb.Helper()
	m, err := gemini.New(cfg, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(m.CloseIdleConnections)
	return m
}

func studio(url, key string, policy *spec.RetryPolicy) *spec.GeminiConfig {
	cfg := &spec.GeminiConfig{Auth: &spec.GeminiAIStudioAuthConfig{APIKey: &key}}
	cfg.ModelID, cfg.URL, cfg.RetryPolicy = "gemini-2.5-flash", &url, policy
	return cfg
}

func TestSuite(t *testing.T) {
	providers := map[string]func(*spec.GeminiConfig) spec.LlmConfig{
		"studio": func(c *spec.GeminiConfig) spec.LlmConfig { return c },
		"bare": func(c *spec.GeminiConfig) spec.LlmConfig {
			bare := &spec.GenericLlmConfig{LlmBase: c.LlmBase}
			bare.Provider, bare.APIKey = ptr("google"), c.Auth.(*spec.GeminiAIStudioAuthConfig).APIKey
			return bare
		},
	}
	for name, config := range providers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.Run(t, modeltest.Provider{
				New: func(tb testing.TB, s *modeltest.Server, setup modeltest.Setup) model.Model {
					return newModel(tb, config(studio(s.URL, setup.Key, setup.Policy)), nil)
				},
				Lacks: []modeltest.Ability{modeltest.BadArgument},
			})
		})
	}
}
