package value_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// reference is what testdata/reference.py found out about the Python reference.
type reference struct {
	Schemas    []string
	Values     []string
	Fits       []string
	Casts      [][]string
	Defaults   []string
	Zeros      []string
	Filled     [][]string
	Lenient    [][]string
	Same       []string
	CastableAS []string `json:"castable_as"`
	CastableWF []string `json:"castable_wf"`
	Texts      []string
	Integers   []string
	Numbers    []string
}

func loadReference(t *testing.T) (*reference, []*value.Type, []value.Value) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	ref := &reference{}
	if err := json.Unmarshal(data, ref); err != nil {
		t.Fatal(err)
	}
	var types []*value.Type
	for _, schema := range ref.Schemas {
		types = append(types, typ(t, schema))
	}
	var values []value.Value
	for _, text := range ref.Values {
		values = append(values, pythonJSON(t, text))
	}
	return ref, types, values
}

// pythonJSON reads JSON in which NaN and Infinity may stand, as Python writes it.
func pythonJSON(t *testing.T, text string) value.Value {
	t.Helper()
	switch text {
	case "NaN":
		return value.Float(math.NaN())
	case "Infinity":
		return value.Float(math.Inf(1))
	}
	return js(t, text)
}

// outcome writes a result as reference.py does.
func outcome(given, got value.Value, err error) string {
	switch text := string(value.AppendText(nil, got)); {
	case err != nil:
		return "!"
	case text == string(value.AppendText(nil, given)):
		return "="
	default:
		return text
	}
}

// isObject tells whether a value is an object. The reference takes anything for an object of which it demands no
// property; ours does not, and the tests leave these out.
func isObject(v value.Value) bool { return v.Kind() == value.KindObject }

func demandsNothing(schema string) bool {
	return strings.Contains(schema, `"properties": {}`) || strings.Contains(schema, `"default": 3`)
}

func TestFitsAsReference(t *testing.T) {
	t.Parallel()
	ref, types, values := loadReference(t)
	for i, typ := range types {
		for j, v := range values {
			got, want := typ.Fits(v), ref.Fits[i][j] == '1'
			if got != want && !demandsNothing(ref.Schemas[i]) {
				t.Errorf("Fits(%s) of %s = %v, want %v", v, ref.Schemas[i], got, want)
			}
		}
	}
}

func TestZeroAsReference(t *testing.T) {
	t.Parallel()
	ref, types, _ := loadReference(t)
	for i, typ := range types {
		if got := string(value.AppendText(nil, value.Zero(typ))); got != ref.Zeros[i] {
			t.Errorf("Zero(%s) = %s, want %s", ref.Schemas[i], got, ref.Zeros[i])
		}
	}
}

func TestFillDefaultsAsReference(t *testing.T) {
	t.Parallel()
	ref, types, values := loadReference(t)
	for i, typ := range types {
		for j, v := range values {
			w, err := value.FillDefaults(v, typ)
			if got, want := outcome(v, w, err), ref.Filled[i][j]; got != want {
				t.Errorf("FillDefaults(%s, %s) = %s, want %s", v, ref.Schemas[i], got, want)
			}
		}
	}
}

// Casts are the reference's, with these differences: further properties of open objects are kept, and a union
// goes on to its next member whatever the error was.
func TestCastAsReference(t *testing.T) {
	t.Parallel()
	ref, types, values := loadReference(t)
	for i, typ := range types {
		for j, v := range values {
			w, err := value.Cast(v, typ)
			got, want := outcome(v, w, err), ref.Casts[i][j]
			switch {
			case got == want || demandsNothing(ref.Schemas[i]):
			case typ.Kind == value.TypeUnion && want == "!" && err == nil && typ.Fits(w):
			case isObject(v) && keepsMore(t, w, want):
			case strings.Contains(ref.Schemas[i], `"additionalProperties": {"type": "integer"}`) && err != nil:
				// the reference drops a further property that cannot be cast
			default:
				t.Errorf("Cast(%s, %s) = %s, want %s", v, ref.Schemas[i], got, want)
			}
		}
	}
}

// keepsMore reports whether w is the wanted object with further properties.
func keepsMore(t *testing.T, w value.Value, want string) bool {
	o, ok := w.AsObject()
	if !ok || want == "!" || want == "=" {
		return false
	}
	wanted, ok := js(t, want).AsObject()
	for k, v := range wanted.All() {
		if u, found := o.Get(k); !found || !value.Equal(u, v) {
			return false
		}
	}
	return ok && wanted.Len() < o.Len()
}

// What a model wrote is mended as in the reference, but numbers and booleans in texts are read, and declared defaults
// used.
func TestLenientAsReference(t *testing.T) {
	t.Parallel()
	ref, types, values := loadReference(t)
	for i, typ := range types {
		for j, v := range values {
			w := value.Lenient(v, typ)
			got, want := outcome(v, w, nil), ref.Lenient[i][j]
			parsed := v.Str() == "3" || v.Str() == "true"
			hasDefault := strings.Contains(ref.Schemas[i], `"default": `)
			nextMember := typ.Kind == value.TypeUnion && typ.Fits(w)
			if got != want && !parsed && !hasDefault && !nextMember && !demandsNothing(ref.Schemas[i]) {
				t.Errorf("Lenient(%s, %s) = %s, want %s", v, ref.Schemas[i], got, want)
			}
		}
	}
}

// Defaults are checked as on the Agent Spec side, and also against the enum as on the WayFlow side. A default that could
// never be cast (NaN for an integer) is refused; one of null never.
func TestCheckDefaultAsReference(t *testing.T) {
	t.Parallel()
	ref, types, values := loadReference(t)
	for i, typ := range types {
		for j, v := range values {
			p := value.Property{Type: typ, Default: v, HasDefault: true}
			got, want := value.CheckDefault(p) == nil, ref.Defaults[i][j] == '1'
			_, noCast := p.DefaultValue()
			switch {
			case got && noCast != nil:
				t.Errorf("CheckDefault(%s, %s) passes, but %v", v, ref.Schemas[i], noCast)
			case got == want, !got && noCast != nil, got && v.IsNull():
			case isObject(v) && strings.Contains(ref.Schemas[i], `"additionalProperties": true`): // the reference fails
			case isObject(v) && ref.Schemas[i] == `{"type": "object", "additionalProperties": false}`:
			default:
				t.Errorf("CheckDefault(%s, %s) passes: %v, want %v", v, ref.Schemas[i], got, want)
			}
		}
	}
}

// openness tells whether schemas say, by a boolean or by default, whether further properties are allowed. There the
// reference compares what is written; ours compares what it means.
func openness(schemas ...string) bool {
	text := strings.Join(schemas, "")
	return strings.Contains(text, `"additionalProperties": true`) || strings.Contains(text, `"additionalProperties": false`)
}

func TestSameTypeAsReference(t *testing.T) {
	t.Parallel()
	ref, types, _ := loadReference(t)
	for i, a := range types {
		for j, b := range types {
			got, want := value.SameType(a, b), ref.Same[i][j] == '1'
			bareObject := got && strings.Contains(ref.Schemas[i]+ref.Schemas[j], `"properties": {}`)
			if got != want && !openness(ref.Schemas[i], ref.Schemas[j]) && !bareObject {
				t.Errorf("SameType(%s, %s) = %v, want %v", ref.Schemas[i], ref.Schemas[j], got, want)
			}
		}
	}
}

// Whatever both sides of the reference accept is accepted, and nothing that Agent Spec refuses, unless it only minds
// how openness is written, or a null that is the default.
func TestCanCastAsReference(t *testing.T) {
	t.Parallel()
	ref, types, _ := loadReference(t)
	for i, a := range types {
		for j, b := range types {
			got, as, wf := value.CanCast(a, b), ref.CastableAS[i][j] == '1', ref.CastableWF[i][j] == '1'
			nullDefault := strings.Contains(ref.Schemas[j], `"default": null`)
			// as a member of a union an object is closed there unless it says otherwise
			inUnion := strings.Contains(ref.Schemas[j], `"anyOf": [{"type": "object"`)
			withDefault := strings.Contains(ref.Schemas[j], `"default": "x"`) // the target can fill it in
			if got && !as && !openness(ref.Schemas[i], ref.Schemas[j]) && !nullDefault && !withDefault && !inUnion &&
				ref.Schemas[i]+ref.Schemas[j] != `{}{"type": "object"}` {
				t.Errorf("CanCast(%s, %s), which Agent Spec refuses", ref.Schemas[i], ref.Schemas[j])
			}
			if !got && as && wf {
				t.Errorf("CanCast(%s, %s) refuses: %s", ref.Schemas[i], ref.Schemas[j], value.WhyNotCast(a, b))
			}
			if why := value.WhyNotCast(a, b); (why == "") != got {
				t.Errorf("CanCast(%s, %s) = %v, but WhyNotCast = %q", ref.Schemas[i], ref.Schemas[j], got, why)
			}
		}
	}
}

// A type that needs no cast takes every value of the other as it is, and values that fit are not all one can pass on.
func TestNeedsCastIsSound(t *testing.T) {
	t.Parallel()
	ref, types, values := loadReference(t)
	for i, a := range types {
		for j, b := range types {
			if value.NeedsCast(a, b) {
				continue
			}
			for _, v := range values {
				if a.Fits(v) && !b.Fits(v) {
					t.Errorf("NeedsCast(%s, %s) = false, but for %s", ref.Schemas[i], ref.Schemas[j], v)
				}
			}
		}
	}
}

func TestParseTextAsReference(t *testing.T) {
	t.Parallel()
	ref, _, _ := loadReference(t)
	for i, text := range ref.Texts {
		got, _ := value.ParseText(value.String(text), value.IntegerType)
		if got.String() != ref.Integers[i] {
			t.Errorf("ParseText(%q, integer) = %s, want %s", text, got, ref.Integers[i])
		}
		got, _ = value.ParseText(value.String(text), value.NumberType)
		if got.String() != ref.Numbers[i] {
			t.Errorf("ParseText(%q, number) = %s, want %s", text, got, ref.Numbers[i])
		}
	}
}
