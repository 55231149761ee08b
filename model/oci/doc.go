// Package oci asks models of Oracle's Generative AI service (Agent Spec, "OciGenAiConfig"): by the service's own API, in
// its generic format or Cohere's, or by the API of OpenAI's kind that it also speaks, where api_type says so.
//
//	m, err := oci.New(config, &oci.Options{Transport: transport})
//	for chunk, err := range m.Generate(ctx, p, model.Options{Stream: true}) { ... }
//
// # What the OCI SDK does, and what is done here
//
// The SDK settles who asks, by the four ways of a client_config, and signs requests; see internal/oracle. Bodies are written
// here, as those of every provider are, because a document may name parameters that the SDK's types lack; tests read
// them into those types (the API is that of version 20231130,
// https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/). Requests travel by internal/exchange, and are
// tried again by the document's policy; one that fails for a parameter that the model does not know is tried again without it.
//
// The package decides nothing about how prompts are worded for single models; see package prompt.
package oci
