package oracle

import (
	"regexp"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/value"
)

// The serving modes of Agent Spec, which are the service's too.
const (
	OnDemand  = "ON_DEMAND"
	Dedicated = "DEDICATED"
)

var ocid = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ocid\d+\.([^.]+)\.`) })

// ServingMode is how a model is served. Without a mode, an OCID of a model or an endpoint is dedicated, everything else on
// demand (reference: _detect_serving_mode_from_model_id). An endpoint is dedicated whatever the mode, which a document
// cannot leave out.
func ServingMode(mode, modelID string) string {
	kind := ""
	if m := ocid().FindStringSubmatch(strings.ToLower(modelID)); m != nil {
		kind = m[1]
	}
	switch {
	case kind == "generativeaiendpoint", mode == "" && kind == "generativeaimodel":
		return Dedicated
	case mode == "":
		return OnDemand
	default:
		return mode
	}
}

// Serving tells the service which model serves, in requests.
func Serving(mode, modelID string) value.Value {
	key := "modelId"
	if mode == Dedicated {
		key = "endpointId"
	}
	return value.Obj(
		value.Member{Key: "servingType", Value: value.String(mode)},
		value.Member{Key: key, Value: value.String(modelID)},
	)
}
