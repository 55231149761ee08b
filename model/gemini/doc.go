// Package gemini asks Google's Gemini models, by the Gemini API of AI Studio or by Vertex AI.
//
//	m, err := gemini.New(config, &gemini.Options{Transport: transport})
//	for chunk, err := range m.Generate(ctx, p, model.Options{Stream: true}) { ... }
//
// How Google is reached, and what of that its official client does, is in package internal/google. Here prompts become
// requests of generateContent (https://ai.google.dev/api/generate-content), and answers become messages.
//
// What a model wants back is kept: thought signatures lie in the Extra of messages and tool requests, in the form
// {"google": {"thought_signature": ...}} of Google's OpenAI-compatible endpoint, so that a conversation may move between
// the two.
//
// The package does not fetch images: links go to Google, which fetches them or refuses to.
package gemini
