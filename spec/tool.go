package spec

import "github.com/wayflow-go/wayflow/value"

// Tool is something that can be called with named arguments (Agent Spec, "Tool").
type Tool interface {
	WithIO
	// Tool returns what all tools share.
	Tool() *ToolBase
}

// ToolBase is what all tools share. Its inputs are the arguments; one output is what the tool returns, several are
// returned as an object.
type ToolBase struct {
	ComponentBase
	IO
	// RequiresConfirmation asks the user before each call.
	RequiresConfirmation bool `spec:"requires_confirmation,since=25.4.2"`
}

// Tool implements [Tool].
func (t *ToolBase) Tool() *ToolBase { return t }

// ServerTool is a tool that the runtime has under this name.
type ServerTool struct{ ToolBase }

// ClientTool is a tool that the caller of the runtime performs: calling it opens a request that the caller answers.
type ClientTool struct{ ToolBase }

// RemoteTool is a tool that is called by an HTTP request (Agent Spec, "RemoteTool").
type RemoteTool struct {
	ToolBase
	Request
}

// Request is the HTTP request of a [RemoteTool] or an [ApiNode]. All texts in it, keys as well as values, may be
// templates, whose placeholders are inputs.
type Request struct {
	// URL is the address; with a template in scheme, host or port it needs URLAllowList.
	URL string `spec:"url,required"`
	// HTTPMethod is GET, POST and so on.
	HTTPMethod string `spec:"http_method,required"`
	// APISpecURI leads to a description of the API. It is kept and ignored.
	APISpecURI *string `spec:"api_spec_uri"`
	// Data is the body: a text goes out as it is, anything else as JSON. Null and the empty object, the default, send none.
	Data value.Value `spec:"data,default={}"`
	// QueryParams and Headers are objects of single values or lists.
	QueryParams *value.Object `spec:"query_params,default={}"`
	Headers     *value.Object `spec:"headers,default={}"`
	// SensitiveHeaders are headers that must not get into documents. None may also be in Headers.
	SensitiveHeaders *value.Object `spec:"sensitive_headers,sensitive,since=25.4.2,default={}"`
	// URLAllowList bounds where the request may go: the beginnings of URLs, of which scheme and authority must be equal.
	// Nil allows everything; a template in scheme, host or port needs a list.
	URLAllowList []string `spec:"url_allow_list,since=26.1.2"`
	// RetryPolicy nil means that the request is sent once.
	RetryPolicy *RetryPolicy `spec:"retry_policy,since=26.1.2"`
}

// minVersion asks for the version that allowed bodies which are no objects, and for that of the list of allowed URLs: an
// empty one, which allows nothing, must not get lost.
func (r *Request) minVersion() Version {
	switch {
	case r.URLAllowList != nil:
		return V26_1_2
	case r.Data.IsNull() || r.Data.Kind() == value.KindObject:
		return V25_4_1
	default:
		return V25_4_2
	}
}

func (r *Request) check(report func(key, problem string)) {
	for i := range r.SensitiveHeaders.Len() {
		name := r.SensitiveHeaders.At(i).Key
		if _, both := r.Headers.Get(name); both {
			report("sensitive_headers", headerTwice(name))
		}
	}
}

func headerTwice(name string) string {
	return "the header \"" + name + "\" is in headers as well; a header can be in one of them only"
}

// BuiltinTool is a tool that a runtime brings along (Agent Spec 25.4.2, "BuiltinTool").
type BuiltinTool struct {
	ToolBase
	// ToolType is the runtime's name for it.
	ToolType string `spec:"tool_type,required"`
	// Configuration and ToolVersion mean what the runtime says.
	Configuration *value.Object `spec:"configuration"`
	// ExecutorName names the runtimes that have it.
	ExecutorName OneOrMany[string] `spec:"executor_name"`
	ToolVersion  *string           `spec:"tool_version"`
}

// ToolFromToolBox is one tool of a toolbox, by name; spelled PluginToolFromToolBox.
type ToolFromToolBox struct {
	ToolBase
	// ToolName is the name of the tool in Toolbox.
	ToolName string  `spec:"tool_name,required"`
	Toolbox  ToolBox `spec:"toolbox,required"`
}

// ToolBox is a component that has tools, which it may list differently each time it is asked (Agent Spec, "ToolBox").
type ToolBox interface {
	Component
	// ToolBox returns what all toolboxes share.
	ToolBox() *ToolBoxBase
}

// ToolBoxBase is what all toolboxes share.
type ToolBoxBase struct {
	ComponentBase
	// RequiresConfirmation asks the user before each call of any of the tools.
	RequiresConfirmation bool `spec:"requires_confirmation,since=26.1.2"`
}

// ToolBox implements [ToolBox].
func (t *ToolBoxBase) ToolBox() *ToolBoxBase { return t }

// PluginToolBox is a toolbox that says nothing about itself. The extension knows it, but nothing can run it.
type PluginToolBox struct{ ToolBoxBase }
