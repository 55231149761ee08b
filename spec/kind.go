package spec

// Kind describes one component type: a name that documents use, and the struct that holds such a component.
//
// One struct may have two names, a plain one of Agent Spec and one of the WayFlow extensions with further fields, such
// as ToolNode and ExtendedToolNode. The struct's tags say how its fields are spelled:
//
//	spec:"name,options"   the key in documents; "-" when the plain spelling lacks it
//	ext:"name,options"    the key in the extension spelling, where it differs; "-" when that lacks it
//
// Options:
//
//	required     the key must be there; null is refused unless nullable stands beside it
//	nullable     null is a value of a required field
//	default=X    what a missing key means. X is a text or JSON and, as it may contain commas, comes last. {} and [] make an
//	             empty value that is not nil, a pointer to a struct gets a struct with the defaults of its fields; such a
//	             field is never null, and nil is written as {} or []
//	nonzero      Go's zero value (0, "", nil) means the default and is written as such; null is refused
//	const=X      as default=X, and no other value is allowed
//	enum=a|b     the texts that are allowed (also for the items of a list, the values of a map)
//	omitdefault  not written while it is nil or at its default
//	negated      a boolean written as its opposite; a missing key means false in Go, true in the document
//	sensitive    a secret that is never written
//	since=V      the version that brought the field; older documents cannot hold it unless it is at its default
//	alias=Y      another key that is read for the field; the first one is written
//	extra        the field takes all keys that have none of their own
//
// A field without a tag, or with spec:"-" and no ext, has no key. [Kind.Tags] changes the tags of single fields for
// one kind, where kinds share an embedded struct but not all that Agent Spec says about its fields.
type Kind struct {
	// Name is the component_type.
	Name string
	// Plugin is the component_plugin_name that goes with it; empty for Agent Spec's own.
	Plugin string
	// Extended is true if Name is the extension spelling of the struct.
	Extended bool
	// Since is the first version of Agent Spec that has the type; zero means the oldest one.
	Since Version
	// New returns an empty component.
	New func() Component
	// Legacy names the type that replaced this one, for a warning; such a component still loads and is written back
	// as it was.
	Legacy string
	// Tags replaces, for this kind only, the tag of the fields with these keys. "-" means that the kind lacks the field.
	Tags map[string]string
}

// versioned is a component whose configuration, and not only its type and fields, asks for a version.
type versioned interface {
	minVersion() Version
}

// extendable is a component with two spellings.
type extendable interface {
	// extended reports whether the plain spelling cannot hold the component as it is.
	extended() bool
}

// checked is a component, or a struct inside one, with rules that go beyond its single fields.
type checked interface {
	// check calls report for every rule that is broken, with the key of the field that it is about.
	check(report func(key, problem string))
}

// specDecoder is a field type that reads itself, for what documents spell in more than one way. It is implemented by a
// pointer receiver. See [specInput] for what it can ask and do.
type specDecoder interface {
	decodeSpec(in specInput)
}

// specEncoder is a field type that says what is written for it: nil (null), a text, a boolean, a number, a
// [value.Value], a component, a struct with tags, or a slice or [Dict] of these. It is implemented by a value receiver.
// What it returns is also where components inside the field are looked for.
type specEncoder interface {
	encodeSpec() any
}
