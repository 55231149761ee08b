// Package oracle gives access to Oracle's cloud: the four ways of a document to say who asks, requests signed so, and how its
// Generative AI service is told which model serves. Who asks is settled by the OCI SDK for Go; requests travel as those of
// every provider do, through internal/exchange.
package oracle
