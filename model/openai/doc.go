// Package openai asks models that speak OpenAI's protocol: OpenAI itself, vLLM, Ollama and every compatible server,
// by chat completions or, where a configuration's api_type says so, by Responses.
//
//	m, err := openai.New(config, &openai.Options{Transport: transport})
//	for chunk, err := range m.Generate(ctx, p, model.Options{Stream: true}) { ... }
//
// # What the official client does, and what is done here
//
// Requests go through OpenAI's Go client: it authenticates, keeps a request on the host it was meant for, and takes
// streams apart. Three things are done here, each for a reason. The bodies of requests are written here, because
// they must equal the reference's, unknown fields and the order of keys included (testdata/requests.json). Answers and
// chunks are read as plain JSON, because compatible servers deviate from the client's types, and because a stream read
// into those ran at 0.3 of the rate of net/http with encoding/json; it is level now, see BenchmarkAgainstPlain. (The
// client's way of sending remains: by itself it takes 1.25 to 1.3 times the processor time of a plain call.) And retries
// follow the document's policy, so the client's own are off.
//
// Nothing is read from the environment but OPENAI_API_KEY, through [Options.Env]; that key goes to OpenAI only, unless
// [Options.ShareKey] says otherwise. Redirects are not followed.
//
// The package does not render prompts, does not decide how a model without tool calling is taught to call tools, and
// does not repair answers beyond what the protocol demands; see package prompt.
package openai
