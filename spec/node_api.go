package spec

// ApiNode makes an HTTP request (Agent Spec, "ApiNode"). Its outputs are taken from the answer by their
// names; undeclared, there is one, response.
type ApiNode struct {
	NodeBase
	Request
}
