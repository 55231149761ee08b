package spec

import "github.com/wayflow-go/wayflow/value"

// Component is any part of a document that has an envelope: a type, an id, a name (Agent Spec, "Component").
type Component interface {
	// Base returns the envelope, which every component embeds.
	Base() *ComponentBase
}

// ComponentBase is the envelope that all components share.
type ComponentBase struct {
	// ID identifies the component in its document; references go by it. It must be unique there. Builders make one up
	// where it is empty.
	ID string `spec:"id"`
	// Name is for people and, for tools, what they are bound by. Required.
	Name string `spec:"name,required"`
	// Description may be nil, which documents write as null.
	Description *string `spec:"description"`
	// Metadata is kept and ignored. Nil is null; where documents have none it is empty.
	Metadata *value.Object `spec:"metadata,nullable,default={}"`

	origin origin
}

// Base implements [Component].
func (c *ComponentBase) Base() *ComponentBase { return c }

// IO are the named, typed ports of a component (Agent Spec, "ComponentWithIO"). A nil list was not given: then what
// the component infers from its other fields counts. An empty list says that there are none.
type IO struct {
	Inputs  []value.Property `spec:"inputs"`
	Outputs []value.Property `spec:"outputs"`
}

// Ports returns the declared inputs and outputs.
func (io *IO) Ports() *IO { return io }

// WithIO is a component that has inputs and outputs.
type WithIO interface {
	Component
	Ports() *IO
}

// Dict is a map with text keys that keeps their order.
type Dict[T any] []Entry[T]

// Entry is one entry of a [Dict].
type Entry[T any] struct {
	Key   string
	Value T
}

// Get returns the value of a key.
func (d Dict[T]) Get(key string) (v T, ok bool) {
	for i := range d {
		if d[i].Key == key {
			return d[i].Value, true
		}
	}
	return v, false
}
