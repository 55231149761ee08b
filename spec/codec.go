package spec

import (
	"reflect"
	"strings"
	"sync"

	"github.com/wayflow-go/wayflow/value"
)

// codec says how the values of a Go type are read, written and searched for components. What a type does not need is nil.
type codec struct {
	// decode reads n, which is not null unless any is set, into v.
	decode func(d *decoder, n *node, v reflect.Value, at place)
	// encode returns what is written for v.
	encode func(e *encoder, v reflect.Value) value.Value
	// visit calls yield for each component in v, until it returns false.
	visit func(v reflect.Value, yield func(Component) bool) bool

	// any is set for types that hold every value, null included.
	any bool
	// hook is set for types that read themselves.
	hook bool
	// holdsText is set for types made of texts, whose default in a tag is no JSON.
	holdsText bool
	// component is set for types that hold a component.
	component bool
	// entries is set for types that hold an object with any keys.
	entries bool
}

var codecs sync.Map // of reflect.Type to *codec

func codecOf(t reflect.Type) *codec {
	if c, ok := codecs.Load(t); ok {
		return c.(*codec)
	}
	c, _ := codecs.LoadOrStore(t, newCodec(t))
	return c.(*codec)
}

var (
	componentType = reflect.TypeFor[Component]()
	decoderType   = reflect.TypeFor[specDecoder]()
	encoderType   = reflect.TypeFor[specEncoder]()
	dictType      = reflect.TypeFor[dict]()
)

// dict is implemented by all [Dict] types.
type dict interface{ isDict() }

func (Dict[T]) isDict() {}

func newCodec(t reflect.Type) *codec {
	switch t {
	case reflect.TypeFor[value.Value]():
		return valueCodec
	case reflect.TypeFor[*value.Object]():
		return objectCodec
	case reflect.TypeFor[value.Property]():
		return propertyCodec
	case reflect.TypeFor[*value.Property]():
		return schemaCodec
	}
	switch {
	case t.Implements(componentType):
		return componentCodec(t)
	case reflect.PointerTo(t).Implements(decoderType) && t.Implements(encoderType):
		return newHookCodec()
	case t.Implements(dictType):
		return dictCodec(t)
	}
	switch t.Kind() {
	case reflect.Bool:
		return boolCodec
	case reflect.Int, reflect.Int64:
		return intCodec
	case reflect.Float64:
		return floatCodec
	case reflect.String:
		return stringCodec
	case reflect.Pointer:
		return pointerCodec(t)
	case reflect.Slice:
		return sliceCodec(t)
	case reflect.Array:
		return arrayCodec(t)
	case reflect.Struct:
		return structCodec(t)
	default:
		panic("spec: no document can hold a field of type " + t.String())
	}
}

// visitFields calls yield for the components in the fields of v, in order.
func visitFields(p *structPlan, v reflect.Value, yield func(Component) bool) bool {
	for _, f := range p.fields {
		if f.codec.visit != nil && !f.codec.visit(f.field(v), yield) {
			return false
		}
	}
	return true
}

// typeWords returns what a field that holds components of type t expects, such as "a Flow" or "an LlmConfig". The
// names are those of Agent Spec.
func typeWords(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return article(t.Name())
}

// article puts "a" or "an" before the name of a type.
func article(name string) string {
	if name == "" {
		return "a component without a type"
	}
	if strings.IndexByte("AEIO", name[0]) >= 0 || strings.HasPrefix(name, "Llm") || strings.HasPrefix(name, "MCP") {
		return "an " + name
	}
	return "a " + name
}
