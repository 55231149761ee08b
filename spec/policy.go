package spec

import (
	"math"
	"reflect"
	"slices"
	"strings"
)

// DefaultBlocked are the component types that loading refuses unless [LoadOptions.Blocked] says otherwise: with them a
// document can start any program.
var DefaultBlocked = []string{"StdioTransport", "PluginStdioTransport"}

// blockedHelp says how a type that is blocked can be allowed.
func blockedHelp(k *kindPlan) string {
	if slices.Contains(DefaultBlocked, k.Name) {
		return "if you trust the document as a program, allow it: --allow-stdio on the command line, WithStdio in Go"
	}
	return "allow this type when loading if you trust the document"
}

// policy says which component types may be loaded. An entry also matches the types that are special
// cases of it; of several the nearest counts, and blocking wins ties.
type policy struct {
	allowed, blocked []string
	// known has the answers already found.
	known map[*kindPlan]bool
}

func newPolicy(opts *LoadOptions) *policy {
	p := &policy{allowed: opts.Allowed, blocked: opts.Blocked, known: make(map[*kindPlan]bool)}
	if p.blocked == nil {
		p.blocked = DefaultBlocked
	}
	return p
}

func (p *policy) allows(k *kindPlan) bool {
	ok, known := p.known[k]
	if !known {
		ok = p.decide(k)
		p.known[k] = ok
	}
	return ok
}

func (p *policy) decide(k *kindPlan) bool {
	blocked, allowed := nearest(k, p.blocked), nearest(k, p.allowed)
	if blocked < math.MaxInt && blocked <= allowed {
		return false
	}
	return p.allowed == nil || allowed < math.MaxInt
}

// nearest returns the smallest distance from k to any of the types, MaxInt if k is a case of none of them.
func nearest(k *kindPlan, types []string) int {
	best := math.MaxInt
	for _, name := range types {
		if dist := distanceTo(k, name); dist < best {
			best = dist
		}
	}
	return best
}

// Distances to the abstract types of Agent Spec, which are farther away than any concrete one.
const (
	twinDistance     = 1
	embeddedDistance = 2
	abstractDistance = 100
	anyDistance      = 1000
)

// distanceTo returns how far the type of that name is up from k, MaxInt if it is not.
func distanceTo(k *kindPlan, name string) int {
	switch {
	case k.Name == name:
		return 0
	case name == "Component":
		return anyDistance
	case name == "ComponentWithIO" && implements[WithIO](k):
		return anyDistance - 1
	}
	if abstract, ok := abstractTypes[name]; ok && reflect.PointerTo(k.structType()).Implements(abstract) {
		return abstractDistance
	}
	if k.Extended && k.Name == "Extended"+name || k.Name == "Plugin"+name {
		return twinDistance
	}
	// VllmConfig is a case of OpenAiCompatibleConfig because its struct embeds that one.
	dist := embeddedDistance
	for t := k.structType(); t.NumField() > 0 && t.Field(0).Anonymous; dist++ {
		t = t.Field(0).Type
		if t.Kind() != reflect.Struct {
			break
		}
		if t.Name() == name || strings.TrimSuffix(t.Name(), "Base") == name {
			return dist
		}
	}
	return math.MaxInt
}

func implements[T any](k *kindPlan) bool {
	return reflect.PointerTo(k.structType()).Implements(reflect.TypeFor[T]())
}

// abstractTypes are the types of Agent Spec that no document has, but whose special cases can be meant together.
var abstractTypes = map[string]reflect.Type{
	"AgenticComponent":                 reflect.TypeFor[AgenticComponent](),
	"ClientTransport":                  reflect.TypeFor[ClientTransport](),
	"RemoteTransport":                  reflect.TypeFor[RemoteTransport](),
	"ContextProvider":                  reflect.TypeFor[ContextProvider](),
	"Datastore":                        reflect.TypeFor[Datastore](),
	"RelationalDatastore":              reflect.TypeFor[RelationalDatastore](),
	"OracleDatabaseConnectionConfig":   reflect.TypeFor[OracleDatabaseConnectionConfig](),
	"PostgresDatabaseConnectionConfig": reflect.TypeFor[PostgresDatabaseConnectionConfig](),
	"GeminiAuthConfig":                 reflect.TypeFor[GeminiAuthConfig](),
	"LlmConfig":                        reflect.TypeFor[LlmConfig](),
	"MessageTransform":                 reflect.TypeFor[MessageTransform](),
	"Node":                             reflect.TypeFor[Node](),
	"AuthConfig":                       reflect.TypeFor[AuthConfig](),
	"OciClientConfig":                  reflect.TypeFor[OciClientConfig](),
	"OutputParser":                     reflect.TypeFor[OutputParser](),
	"Tool":                             reflect.TypeFor[Tool](),
	"ToolBox":                          reflect.TypeFor[ToolBox](),
}
