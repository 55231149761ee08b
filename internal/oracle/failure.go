package oracle

import (
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Failure is the error that an answer or an event of a stream tells of, or nil: a code and a message, as the body of a refusal has
// them.
func Failure(v value.Value) *model.Error {
	said, isText := v.Get("message").AsString()
	code := v.Get("code")
	if !isText || code.IsNull() {
		return nil
	}
	return &model.Error{Kind: model.KindServer, Code: value.Text(code), Message: said}
}

// Hint says what to do about an error of the service.
func Hint(e *model.Error) string {
	switch e.Kind {
	case model.KindAuth:
		return "check the client_config, and that a policy of the tenancy allows the compartment to use generative-ai-family"
	case model.KindNotFound:
		return "check model_id, compartment_id and the region of the service_endpoint; the service also says so if a policy is missing"
	default:
		return ""
	}
}
