// Package openai asks models that speak OpenAI's protocol: OpenAI itself, vLLM, Ollama and every compatible server,
// by chat completions or, where a configuration's api_type says so, by Responses.
//
//	m, err := openai.New(config, &openai.Options{Transport: transport})
//	for chunk, err := range m.Generate(ctx, p, model.Options{Stream: true}) { ... }
//
// # What is done here, and why
//
// The bodies of requests are written here, because they must equal the reference's, unknown fields and the order of keys
// included (testdata/requests.json); a test reads them into the types of OpenAI's Go client, so that they stay what that
// knows. Answers and chunks are read as plain JSON, because compatible servers deviate from the client's types. They
// travel by net/http, see internal/exchange, and the client's decoder takes streams apart: a call costs 1.1 to 1.2 times the
// processor time of one over net/http with encoding/json where the client's own way of sending cost 1.45, and a stream
// comes as fast, see BenchmarkAgainstPlain. Retries follow the document's policy.
//
// Nothing is read from the environment but OPENAI_API_KEY, through [Options.Env]; that key goes to OpenAI only, unless
// [Options.ShareKey] says otherwise. Redirects are not followed.
//
// The package does not render prompts, does not decide how a model without tool calling is taught to call tools, and
// does not repair answers beyond what the protocol demands; see package prompt.
package openai
