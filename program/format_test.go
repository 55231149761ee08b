package program_test

import (
	"testing"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// TestFormatOfModels: tools go to the provider, also for Ollama and Llama models, unless the document says otherwise.
func TestFormatOfModels(t *testing.T) {
	t.Parallel()
	named := func(cfg spec.LlmConfig, id string) spec.LlmConfig {
		cfg.Llm().ModelID = id
		return cfg
	}
	switched := func(format string) spec.LlmConfig {
		cfg := named(&spec.OllamaConfig{}, "llama3.2")
		cfg.Llm().Metadata = value.NewObject(value.Member{Key: "chat_format", Value: value.String(format)})
		return cfg
	}
	for _, tt := range []struct {
		cfg  spec.LlmConfig
		want prompt.Format
	}{
		{named(&spec.OpenAiConfig{}, "gpt-5"), prompt.Native},
		{named(&spec.OllamaConfig{}, "llama3.2"), prompt.Native},
		{named(&spec.VllmConfig{}, "meta-llama/Llama-3.3-70B-Instruct"), prompt.Native},
		{named(&spec.VllmConfig{}, "google/gemma-3-27b-it"), prompt.NativeCanonical},
		{named(&spec.VllmConfig{}, "google/gemma-4-27b-it"), prompt.Native},
		{named(&spec.VllmConfig{}, "gemma4"), prompt.Native},
		{named(&spec.OciGenAiConfig{}, "google.gemini-2.5-pro"), prompt.NativeCanonical},
		{named(&spec.OciGenAiConfig{}, "google.gemma-4-31b"), prompt.Native},
		{named(&spec.OciGenAiConfig{}, "meta.llama-3.3-70b-instruct"), prompt.Native},
		{switched("llama"), prompt.Llama},
		{switched("react"), prompt.React},
	} {
		n := &spec.LlmNode{LlmConfig: tt.cfg, PromptTemplate: "x"}
		p, err := alone(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Models[0].Format; got != tt.want {
			t.Errorf("%s %q: %s, want %s", spec.TypeName(tt.cfg), tt.cfg.Llm().ModelID, got, tt.want)
		}
	}
	if _, err := alone(&spec.LlmNode{LlmConfig: switched("lama"), PromptTemplate: "x"}); err == nil {
		t.Error("an unknown format compiled")
	}
}
