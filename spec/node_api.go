package spec

// ApiNode makes an HTTP request (Agent Spec, "ApiNode"; flows.md 5.12). Its outputs are taken from the answer by their
// names; undeclared, there is one, response.
type ApiNode struct {
	NodeBase
	Request
}
