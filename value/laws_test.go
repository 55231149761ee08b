package value_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/value"
)

// values draws any value, keys and texts from few so that they meet those of types.
func values(depth int) *rapid.Generator[value.Value] {
	scalars := []*rapid.Generator[value.Value]{
		rapid.Just(value.Null),
		rapid.Map(rapid.Bool(), value.Bool),
		rapid.Map(rapid.Int64(), value.Int),
		rapid.Map(rapid.Int64Range(-3, 3), value.Int),
		rapid.Map(rapid.Float64(), value.Float),
		rapid.Map(rapid.SampledFrom([]float64{0, 1, 2.5, math.NaN(), math.Inf(1)}), value.Float),
		rapid.Map(rapid.SampledFrom([]string{"", "a", "b", "1", "true", "$float"}), value.String),
		rapid.Map(rapid.String(), value.String),
		rapid.Map(rapid.Int64(), func(i int64) value.Value {
			return value.BigInt(new(big.Int).Mul(big.NewInt(i), big.NewInt(math.MaxInt64)))
		}),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	inner := rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[value.Value] { return values(depth - 1) }), 0, 4)
	return rapid.OneOf(append(scalars,
		rapid.Map(inner, func(items []value.Value) value.Value { return value.List(items...) }),
		rapid.Custom(func(t *rapid.T) value.Value {
			var b value.ObjectBuilder
			for _, v := range inner.Draw(t, "members") {
				b.Set(keys.Draw(t, "key"), v)
			}
			return b.Value()
		}),
	)...)
}

var keys = rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "c", "$float", "$object"}), rapid.String())

// schemas draws a schema without faults, whose defaults fit.
func schemas(depth int) *rapid.Generator[value.Value] {
	return rapid.Custom(func(t *rapid.T) value.Value {
		var b value.ObjectBuilder
		drawKind(t, &b, depth)
		if rapid.Bool().Draw(t, "titled") {
			b.Set("title", value.String(rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "title")))
		}
		if rapid.IntRange(0, 4).Draw(t, "with default") == 0 {
			v := values(1).Draw(t, "default")
			typ, err := value.ParseType(b.Object().Of())
			if err != nil {
				t.Fatal(err)
			}
			schema, _ := typ.Schema().AsObject()
			if value.CheckDefault(value.Property{Type: typ, Default: v, HasDefault: true}) == nil {
				schema = schema.With("default", v)
			}
			return schema.Of()
		}
		return b.Value()
	})
}

func drawKind(t *rapid.T, b *value.ObjectBuilder, depth int) {
	kinds := []string{"", "string", "integer", "number", "boolean", "null", "enum"}
	if depth > 0 {
		kinds = append(kinds, "array", "vector", "object", "closed", "typed", "dict", "bare", "anyOf", "list")
	}
	part := func() value.Value { return schemas(depth-1).Draw(t, "part") }
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	switch kind {
	case "":
	case "enum":
		b.Set("type", value.String("string"))
		b.Set("enum", value.List(value.String("a"), value.String("b")))
	case "vector":
		b.Set("type", value.String("array"))
		b.Set("x_vector_property", value.Bool(true))
	case "array":
		b.Set("type", value.String("array"))
		b.Set("items", part())
	case "dict":
		b.Set("type", value.String("object"))
		b.Set("additionalProperties", part())
	case "bare":
		b.Set("type", value.String("object"))
	case "object", "closed", "typed":
		drawObject(t, b, kind, part)
	case "anyOf":
		b.Set("anyOf", value.List(part(), part()))
	case "list":
		b.Set("type", value.List(value.String("null"), value.String("array"), value.String("number")))
		b.Set("items", part())
	default:
		b.Set("type", value.String(kind))
	}
}

func drawObject(t *rapid.T, b *value.ObjectBuilder, kind string, part func() value.Value) {
	b.Set("type", value.String("object"))
	var props value.ObjectBuilder
	for _, key := range []string{"a", "b"} {
		if rapid.Bool().Draw(t, "with "+key) {
			props.Set(key, part())
		}
	}
	b.Set("properties", props.Value())
	switch kind {
	case "closed":
		b.Set("additionalProperties", value.Bool(false))
	case "typed":
		b.Set("additionalProperties", part())
	}
}

func drawType(t *rapid.T, label string) *value.Type {
	schema := schemas(2).Draw(t, label)
	typ, err := value.ParseType(schema)
	if err != nil {
		t.Fatalf("ParseType(%s): %v", schema, err)
	}
	return typ
}

// alike reports whether two values are written alike, so that NaN is like NaN.
func alike(v, w value.Value) bool {
	a, _ := json.Marshal(v)
	b, _ := json.Marshal(w)
	return v.Kind() == w.Kind() && string(a) == string(b)
}

func TestCastLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, typ := values(3).Draw(t, "value"), drawType(t, "type")
		w, err := value.Cast(v, typ)
		switch {
		case typ.Fits(v) && (err != nil || !alike(v, w)):
			t.Fatalf("%s fits %s, but is cast to %s, %v", v, typ.Schema(), w, err)
		case err == nil && !typ.Fits(w):
			t.Fatalf("Cast(%s, %s) = %s, which does not fit: %v", v, typ.Schema(), w, typ.Check(w))
		case (typ.Check(v) == nil) != typ.Fits(v):
			t.Fatalf("Check(%s, %s) = %v, but Fits = %v", v, typ.Schema(), typ.Check(v), typ.Fits(v))
		}
		checkLenient(t, v, typ)
	})
}

// checkLenient checks what [value.Lenient] and [value.FillDefaults] promise.
func checkLenient(t *rapid.T, v value.Value, typ *value.Type) {
	if w := value.Lenient(v, typ); !typ.Fits(w) {
		t.Fatalf("Lenient(%s, %s) = %s, which does not fit: %v", v, typ.Schema(), w, typ.Check(w))
	}
	if w, err := value.FillDefaults(v, typ); err != nil || typ.Fits(v) && !typ.Fits(w) {
		t.Fatalf("FillDefaults(%s, %s) = %s, %v", v, typ.Schema(), w, err)
	}
}

func TestConnectionLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawType(t, "from"), drawType(t, "to")
		v, err := value.Cast(values(3).Draw(t, "value"), from)
		if err != nil {
			v = value.Zero(from)
		}
		if !from.Fits(v) {
			t.Skip("no value at hand")
		}
		_, err = value.Cast(v, to)
		if err != nil && value.CanCast(from, to) && isPromise(from, to) && isFinite(v) {
			t.Fatalf("CanCast(%s, %s), but %s: %v", from.Schema(), to.Schema(), v, err)
		}
		if !value.NeedsCast(from, to) && !to.Fits(v) {
			t.Fatalf("NeedsCast(%s, %s) = false, but %s: %v", from.Schema(), to.Schema(), v, to.Check(v))
		}
		if !value.CanCast(from, from) || !value.SameType(from, from) || value.NeedsCast(from, from) {
			t.Fatalf("%s is not like itself", from.Schema())
		}
		if value.SameType(from, to) != value.SameType(to, from) {
			t.Fatalf("SameType(%s, %s) depends on the order", from.Schema(), to.Schema())
		}
		if why := value.WhyNotCast(from, to); (why == "") != value.CanCast(from, to) {
			t.Fatalf("WhyNotCast(%s, %s) = %q", from.Schema(), to.Schema(), why)
		}
	})
}

// isPromise tells whether CanCast promises that every cast works. It does not where only the value at hand decides: an
// enum, a bare object or a null default on one side, and properties that a source may leave out.
func isPromise(types ...*value.Type) bool {
	for _, t := range types {
		if t == nil {
			continue
		}
		schema := t.Schema()
		if len(t.Enum) > 0 || schema.String() == `{"type":"object"}` || !isPromise(t.Items, t.Additional) || !isPromise(t.Members...) {
			return false
		}
		for _, p := range t.Properties {
			if p.HasDefault || !isPromise(p.Type) {
				return false
			}
		}
		if hasDefault(schema) {
			return false
		}
	}
	return true
}

func hasDefault(schema value.Value) bool {
	o, _ := schema.AsObject()
	for k, v := range o.All() {
		if k == "default" || hasDefault(v) {
			return true
		}
	}
	items, _ := schema.AsList()
	for _, item := range items {
		if hasDefault(item) {
			return true
		}
	}
	return false
}

// isFinite tells that there is no number in v that has no integer, nor an integer that has no number.
func isFinite(v value.Value) bool {
	if f, ok := v.AsFloat(); ok {
		return !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	items, _ := v.AsList()
	for _, item := range items {
		if !isFinite(item) {
			return false
		}
	}
	o, _ := v.AsObject()
	for _, m := range o.All() {
		if !isFinite(m) {
			return false
		}
	}
	return true
}

func TestPropertyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		schema := schemas(3).Draw(t, "schema")
		p, err := value.ParseProperty(schema)
		if err != nil {
			t.Fatal(err)
		}
		if !alike(p.Schema(), schema) {
			t.Fatalf("schema %s came out as %s", schema, p.Schema())
		}
		if err := value.CheckDefault(p); err != nil {
			t.Fatal(err)
		}
		again, err := value.ParseType(p.Type.Schema())
		if err != nil || !alike(again.Schema(), p.Type.Schema()) || !value.SameType(again, p.Type) && !p.HasDefault {
			t.Fatalf("type %s was read again as %s, %v", p.Type.Schema(), again.Schema(), err)
		}
		v := values(2).Draw(t, "value")
		if again.Fits(v) != p.Type.Fits(v) {
			t.Fatalf("%s fits %s: %v, and read again: %v", v, schema, p.Type.Fits(v), again.Fits(v))
		}
	})
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := values(4).Draw(t, "value")
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var w value.Value
		if err := json.Unmarshal(data, &w); err != nil || !alike(v, w) {
			t.Fatalf("%s came back as %s by way of %s: %v", v, w, data, err)
		}
		if !isFinite(v) {
			return
		}
		for _, text := range []string{v.String(), string(value.AppendText(nil, v))} {
			if w, err := value.ParseJSON([]byte(text)); err != nil || !value.Equal(v, w) {
				t.Fatalf("%s came back as %s, %v", text, w, err)
			}
		}
	})
}
