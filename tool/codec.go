package tool

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow/value"
)

// codec turns values into Go data of one type and back. It is made once per type; using it reads no tag and no name.
type codec struct {
	// typ is the type of the values, nil for any.
	typ *value.Type
	// nilable says that decode takes null.
	nilable bool
	// unreadable says why no value can be decoded, or is "".
	unreadable string
	// decode sets dst to v.
	decode func(dst reflect.Value, v value.Value) *placeError
	// encode returns what src holds. It gives up below depth levels, as data may contain itself.
	encode func(src reflect.Value, depth int) (value.Value, *placeError)
}

// placeError says what is wrong at which place inside an input or a result.
type placeError struct {
	place string // such as ".tags[2]"
	text  string
}

func (e *placeError) Error() string { return e.place + ": " + e.text }

// at puts the error of a part into its place in the whole.
func (e *placeError) at(place string) *placeError {
	e.place = place + e.place
	return e
}

func placeErrorf(format string, args ...any) *placeError {
	return &placeError{text: fmt.Sprintf(format, args...)}
}

// codecs holds the codecs made so far. It is a cache: what it holds depends on the types alone.
var codecs sync.Map // reflect.Type -> *codec

// codecOf returns the codec of a type.
func codecOf(t reflect.Type) (*codec, error) {
	if c, ok := codecs.Load(t); ok {
		return c.(*codec), nil
	}
	b := builder{made: map[reflect.Type]*codec{}}
	c, err := b.codec(t)
	if err != nil {
		return nil, err
	}
	for t, c := range b.made {
		codecs.LoadOrStore(t, c)
	}
	return c, nil
}

// builder makes the codecs of a type and its parts. Codecs are entered into made before they are complete, so that a
// type may contain itself; there it counts as any.
type builder struct{ made map[reflect.Type]*codec }

func (b *builder) codec(t reflect.Type) (*codec, error) {
	if c, ok := codecs.Load(t); ok {
		return c.(*codec), nil
	}
	if c, ok := b.made[t]; ok {
		return c, nil
	}
	c := &codec{}
	b.made[t] = c
	var err error
	if known := specialCodecs[t]; known != nil {
		*c = *known
	} else if reflect.PointerTo(t).Implements(textMarshaler) {
		*c = textCodec(t)
	} else if reflect.PointerTo(t).Implements(jsonMarshaler) {
		*c = jsonCodec(t)
	} else {
		err = b.byKind(c, t)
	}
	return c, err
}

var (
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
)

// specialCodecs are the types whose meaning is not that of their kind.
var specialCodecs = map[reflect.Type]*codec{
	reflect.TypeFor[value.Value]():     anyValueCodec,
	reflect.TypeFor[*value.Object]():   objectCodec,
	reflect.TypeFor[json.RawMessage](): rawCodec,
	reflect.TypeFor[json.Number]():     numberTextCodec,
	reflect.TypeFor[big.Int]():         bigIntCodec,
	reflect.TypeFor[time.Duration]():   durationCodec,
}

func (b *builder) byKind(c *codec, t reflect.Type) error {
	switch t.Kind() {
	case reflect.Bool:
		*c = boolCodec
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		*c = intCodec
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		*c = uintCodec
	case reflect.Float32, reflect.Float64:
		*c = floatCodec
	case reflect.String:
		*c = stringCodec
	case reflect.Interface:
		*c = interfaceCodec(t)
	case reflect.Pointer:
		return b.pointer(c, t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && !reflect.PointerTo(t.Elem()).Implements(textMarshaler) {
			*c = bytesCodec
			return nil
		}
		return b.slice(c, t)
	case reflect.Array:
		return b.array(c, t)
	case reflect.Map:
		return b.mapping(c, t)
	case reflect.Struct:
		return b.structure(c, t)
	default:
		return fmt.Errorf("a %s cannot be an input or a result", t.Kind())
	}
	return nil
}

func (b *builder) pointer(c *codec, t reflect.Type) error {
	elem, err := b.codec(t.Elem())
	if err != nil {
		return err
	}
	c.nilable, c.unreadable = true, elem.unreadable
	if elem.typ != nil {
		c.typ = value.Optional(elem.typ)
	}
	c.decode = func(dst reflect.Value, v value.Value) *placeError {
		if v.IsNull() {
			dst.SetZero()
			return nil
		}
		p := reflect.New(t.Elem())
		if err := elem.decode(p.Elem(), v); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	}
	c.encode = func(src reflect.Value, depth int) (value.Value, *placeError) {
		if src.IsNil() {
			return value.Null, nil
		}
		if depth == 0 {
			return value.Null, tooDeep()
		}
		return elem.encode(src.Elem(), depth-1)
	}
	return nil
}

func tooDeep() *placeError {
	return placeErrorf("nested more than %d levels deep; does it contain itself?", value.MaxDepth)
}

func (b *builder) slice(c *codec, t reflect.Type) error {
	elem, err := b.codec(t.Elem())
	if err != nil {
		return err
	}
	c.nilable, c.unreadable = true, elem.unreadable
	c.typ = value.ListOf(elem.typ)
	c.decode = func(dst reflect.Value, v value.Value) *placeError {
		if v.IsNull() {
			dst.SetZero()
			return nil
		}
		items, ok := v.AsList()
		if !ok {
			return unexpected("a list", v)
		}
		dst.Set(reflect.MakeSlice(t, len(items), len(items)))
		return decodeItems(elem, dst, items)
	}
	c.encode = func(src reflect.Value, depth int) (value.Value, *placeError) {
		return encodeItems(elem, src, depth)
	}
	return nil
}

func (b *builder) array(c *codec, t reflect.Type) error {
	elem, err := b.codec(t.Elem())
	if err != nil {
		return err
	}
	c.typ, c.unreadable = value.ListOf(elem.typ), elem.unreadable
	c.decode = func(dst reflect.Value, v value.Value) *placeError {
		items, ok := v.AsList()
		if !ok || len(items) != t.Len() {
			return unexpected(fmt.Sprintf("a list of %d items", t.Len()), v)
		}
		return decodeItems(elem, dst, items)
	}
	c.encode = func(src reflect.Value, depth int) (value.Value, *placeError) {
		return encodeItems(elem, src, depth)
	}
	return nil
}

func decodeItems(elem *codec, dst reflect.Value, items []value.Value) *placeError {
	for i, item := range items {
		if err := elem.decode(dst.Index(i), item); err != nil {
			return err.at("[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}

func encodeItems(elem *codec, src reflect.Value, depth int) (value.Value, *placeError) {
	if depth == 0 {
		return value.Null, tooDeep()
	}
	items := make([]value.Value, src.Len())
	for i := range items {
		item, err := elem.encode(src.Index(i), depth-1)
		if err != nil {
			return value.Null, err.at("[" + strconv.Itoa(i) + "]")
		}
		items[i] = item
	}
	return value.List(items...), nil
}

func (b *builder) mapping(c *codec, t reflect.Type) error {
	if t.Key().Kind() != reflect.String {
		return fmt.Errorf("a map needs texts as its keys")
	}
	elem, err := b.codec(t.Elem())
	if err != nil {
		return err
	}
	c.nilable, c.unreadable = true, elem.unreadable
	c.typ = value.DictOf(elem.typ)
	c.decode = func(dst reflect.Value, v value.Value) *placeError {
		if v.IsNull() {
			dst.SetZero()
			return nil
		}
		o, ok := v.AsObject()
		if !ok {
			return unexpected("an object", v)
		}
		m := reflect.MakeMapWithSize(t, o.Len())
		for key, member := range o.All() {
			item := reflect.New(t.Elem()).Elem()
			if err := elem.decode(item, member); err != nil {
				return err.at("." + key)
			}
			m.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), item)
		}
		dst.Set(m)
		return nil
	}
	c.encode = func(src reflect.Value, depth int) (value.Value, *placeError) {
		return encodeMap(elem, src, depth)
	}
	return nil
}

func encodeMap(elem *codec, src reflect.Value, depth int) (value.Value, *placeError) {
	if depth == 0 {
		return value.Null, tooDeep()
	}
	members := make([]value.Member, 0, src.Len())
	for it := src.MapRange(); it.Next(); {
		key, err := textValue(it.Key().String())
		if err != nil {
			return value.Null, err.at(".(a key)")
		}
		v, err := elem.encode(it.Value(), depth-1)
		if err != nil {
			return value.Null, err.at("." + key.Str())
		}
		members = append(members, value.Member{Key: key.Str(), Value: v})
	}
	slices.SortFunc(members, func(a, b value.Member) int { return strings.Compare(a.Key, b.Key) })
	return value.NewObject(members...).Of(), nil
}
