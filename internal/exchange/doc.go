// Package exchange asks models over HTTP. It is what the providers of packages model and embed have in common: a POST of
// JSON, its tries by the document's retry policy, answers whole and streamed, and every way in which that goes wrong
// told as a [model.Error]. A provider brings a [Server], which is whom it asks, and an [API], which reads its answers.
//
// The package knows no provider, reads no environment and follows no redirect.
package exchange
