package wayflow

import (
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// APINode makes an HTTP request.
type APINode struct {
	node[APINode]
	spec    spec.ApiNode
	outputs []value.Property
}

// API makes an HTTP request. All texts of it may be templates, whose variables are the inputs of the node. Without
// [APINode.Outputs] it has the output response.
func API(name, method, url string) *APINode {
	n := &APINode{spec: spec.ApiNode{Request: spec.Request{
		HTTPMethod: method, URL: url,
		QueryParams: value.NewObject(), Headers: value.NewObject(), SensitiveHeaders: value.NewObject(),
	}}}
	return n.init(n, name, here())
}

// Body sets what is sent: a text as it is, anything else as JSON.
func (n *APINode) Body(body any) *APINode {
	v, err := tool.ValueOf(body)
	if err != nil {
		n.fail(here(), "body", "", "the body: %s", err)
	}
	n.spec.Data = v
	return n
}

// Query adds a parameter to the URL.
func (n *APINode) Query(key, text string) *APINode {
	n.spec.QueryParams = n.spec.QueryParams.With(key, value.String(text))
	return n
}

// Header adds a header.
func (n *APINode) Header(key, text string) *APINode {
	n.spec.Headers = n.spec.Headers.With(key, value.String(text))
	return n
}

// SecretHeader adds a header that is never written into a document.
func (n *APINode) SecretHeader(key, text string) *APINode {
	n.spec.SensitiveHeaders = n.spec.SensitiveHeaders.With(key, value.String(text))
	return n
}

// Allow bounds where the request may go: to URLs that begin with one of these.
func (n *APINode) Allow(prefixes ...string) *APINode {
	n.spec.URLAllowList = append(n.spec.URLAllowList, prefixes...)
	return n
}

// Retry says how often and when the request is made again.
func (n *APINode) Retry(policy *spec.RetryPolicy) *APINode {
	n.spec.RetryPolicy = policy
	return n
}

// Outputs are taken from the answer, a JSON object, by their names.
func (n *APINode) Outputs(ports ...value.Property) *APINode {
	n.outputs = ports
	return n
}

func (n *APINode) compose(*builder, string) spec.Node {
	s := n.spec
	s.Outputs = n.outputs
	return &s
}
