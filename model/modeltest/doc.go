// Package modeltest tests models: [Run] is the suite that every provider passes, over real HTTP, and [Server] is a
// scripted server that speaks OpenAI's protocol and Gemini's, for that suite and for the tests of everything that needs a
// model.
//
//	s := modeltest.NewServer(t, modeltest.Reply{Text: "hello"}, modeltest.Reply{Status: 500})
//	m, err := openai.New(&spec.OpenAiCompatibleConfig{...s.URL...}, nil)
//	...
//	if got := s.Requests()[0].LastText(); got != "say hello" { ... }
//
// The server is written against the protocol and shares no code with the providers, so that it can be a witness.
// Nothing here is for use outside tests.
package modeltest
