package value_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/value"
)

var (
	huge, _ = new(big.Int).SetString("123456789012345678901234567890", 10)
	nan     = value.Float(math.NaN())
)

func TestValueSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v      value.Value
		kind   value.Kind
		json   string
		text   string
		truthy bool
	}{
		{value.Value{}, value.KindNull, "null", "", false},
		{value.Bool(true), value.KindBool, "true", "true", true},
		{value.Bool(false), value.KindBool, "false", "false", false},
		{value.Int(0), value.KindInt, "0", "0", false},
		{value.Int(math.MinInt64), value.KindInt, "-9223372036854775808", "-9223372036854775808", true},
		{value.BigInt(big.NewInt(7)), value.KindInt, "7", "7", true},
		{value.BigInt(huge), value.KindInt, huge.String(), huge.String(), true},
		{value.Float(0), value.KindFloat, "0.0", "0.0", false},
		{value.Float(math.Copysign(0, -1)), value.KindFloat, "-0.0", "-0.0", false},
		{value.Float(3), value.KindFloat, "3.0", "3.0", true},
		{value.Float(1e16), value.KindFloat, "1e+16", "1e+16", true},
		{value.Float(9999999999999998), value.KindFloat, "9999999999999998.0", "9999999999999998.0", true},
		{value.Float(1e-5), value.KindFloat, "1e-05", "1e-05", true},
		{value.Float(0.0001), value.KindFloat, "0.0001", "0.0001", true},
		{nan, value.KindFloat, "NaN", "NaN", true},
		{value.Float(math.Inf(-1)), value.KindFloat, "-Infinity", "-Infinity", true},
		{value.String(""), value.KindString, `""`, "", false},
		{value.String("é\n\x01\"<"), value.KindString, `"é\n\u0001\"<"`, "é\n\x01\"<", true},
		{value.String("a\xffb"), value.KindString, "\"a\ufffdb\"", "a\xffb", true},
		{value.List(), value.KindList, "[]", "[]", false},
		{value.List(value.Int(1), value.String("é")), value.KindList, `[1,"é"]`, `[1, "\u00e9"]`, true},
		{value.Obj(), value.KindObject, "{}", "{}", false},
		{(*value.Object)(nil).Of(), value.KindObject, "{}", "{}", false},
		{
			value.Obj(value.Member{Key: "b", Value: value.Int(1)}, value.Member{Key: "a", Value: value.Null}), value.KindObject,
			`{"b":1,"a":null}`, `{"b": 1, "a": null}`, true,
		},
	} {
		if got := tt.v.Kind(); got != tt.kind {
			t.Errorf("Kind(%s) = %s, want %s", tt.v, got, tt.kind)
		}
		if got := tt.v.String(); got != tt.json {
			t.Errorf("String = %s, want %s", got, tt.json)
		}
		if got := value.Text(tt.v); got != tt.text {
			t.Errorf("Text(%s) = %q, want %q", tt.v, got, tt.text)
		}
		if got := tt.v.Truthy(); got != tt.truthy {
			t.Errorf("Truthy(%s) = %v, want %v", tt.v, got, tt.truthy)
		}
		checkAccessors(t, tt.v)
	}
}

// checkAccessors checks that exactly the accessors of v's kind answer.
func checkAccessors(t *testing.T, v value.Value) {
	t.Helper()
	b, isBool := v.AsBool()
	i, isInt := v.AsInt()
	_, isBig := v.AsBigInt()
	f, isFloat := v.AsFloat()
	s, isString := v.AsString()
	l, isList := v.AsList()
	o, isObject := v.AsObject()
	got := []bool{v.IsNull(), isBool, isBig, isFloat, isString, isList, isObject}
	want := make([]bool, len(got))
	want[v.Kind()] = true
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accessors of %s (-want +got)\n%s", v, diff)
	}
	if !isBool && b || !isInt && i != 0 || !isFloat && f != 0 || !isString && s != "" || !isList && l != nil || !isObject && o != nil {
		t.Errorf("accessors of %s give something though they say no", v)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	distinct := []value.Value{
		value.Null, value.Bool(false), value.Bool(true), value.Int(0), value.Int(1), value.BigInt(huge), value.Float(0), value.Float(1),
		value.String(""), value.String("a"), value.List(), value.List(value.Null), value.Obj(),
		value.Obj(value.Member{Key: "a"}), value.Obj(value.Member{Key: "b"}), value.Obj(value.Member{Key: "a", Value: value.Int(1)}),
	}
	for i, v := range distinct {
		for j, w := range distinct {
			if got := value.Equal(v, w); got != (i == j) {
				t.Errorf("Equal(%s, %s) = %v", v, w, got)
			}
		}
	}
	if !js(t, `{"a":1,"b":[2]}`).Equal(js(t, `{"b":[2],"a":1}`)) {
		t.Error("the order of keys matters")
	}
	if value.Equal(nan, nan) {
		t.Error("NaN equals NaN")
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	for _, n := range []int{3, 100} { // searched and indexed
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			var b value.ObjectBuilder
			for i := range n {
				b.Set(fmt.Sprint("k", i), value.Int(int64(i)))
			}
			b.Set("k1", value.String("again"))
			if b.Len() != n+1 {
				t.Errorf("builder holds %d members, want %d", b.Len(), n+1)
			}
			o := b.Object()
			if b.Len() != 0 {
				t.Error("the builder did not start anew")
			}
			if o.Len() != n || o.At(1).Key != "k1" {
				t.Errorf("object = %s", o.Of())
			}
			if got := o.Of().Get("k1"); got.Str() != "again" {
				t.Errorf("Get(k1) = %s, want the last value given", got)
			}
			if _, ok := o.Get("nothing"); ok {
				t.Error("Get finds what is not there")
			}
			checkChanges(t, o)
		})
	}
}

func checkChanges(t *testing.T, o *value.Object) {
	t.Helper()
	before := o.Of().String()
	changed := o.With("k0", value.Null)
	if changed.Len() != o.Len() || changed.At(0).Key != "k0" || !changed.Of().Get("k0").IsNull() {
		t.Errorf("With(k0) = %s", changed.Of())
	}
	longer := o.With("new", value.Int(1))
	if longer.Len() != o.Len()+1 || longer.At(o.Len()).Key != "new" {
		t.Errorf("With(new) = %s", longer.Of())
	}
	shorter := o.Without("k0")
	if shorter.Len() != o.Len()-1 || !shorter.Of().Get("k0").IsNull() {
		t.Errorf("Without(k0) = %s", shorter.Of())
	}
	if after := o.Of().String(); after != before {
		t.Errorf("the object changed: %s", after)
	}
}

func TestNilObject(t *testing.T) {
	t.Parallel()
	var o *value.Object
	if _, ok := o.Get("a"); ok || o.Len() != 0 {
		t.Error("a nil object has members")
	}
	for k := range o.All() {
		t.Errorf("a nil object yields %q", k)
	}
	if got := o.With("a", value.Int(1)).Of().String(); got != `{"a":1}` {
		t.Errorf("With = %s", got)
	}
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{` null `, `null`},
		{`true`, `true`},
		{`-0`, `0`},
		{`-0.0`, `-0.0`},
		{`1E2`, `100.0`},
		{`1.50`, `1.5`},
		{`9223372036854775807`, `9223372036854775807`},
		{`-9223372036854775808`, `-9223372036854775808`},
		{`9223372036854775808`, `9223372036854775808`},
		{`999999999999999999`, `999999999999999999`},
		{`123456789012345678901234567890`, `123456789012345678901234567890`},
		{`1e400`, `Infinity`},
		{`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800x"`, "\"\\\"\\\\/\\b\\f\\n\\r\\té😀\ufffdx\""},
		{`{"a":1,"b":{"c":[]},"a":2}`, `{"a":2,"b":{"c":[]}}`},
		{"[1 ,\t2\r\n]", `[1,2]`},
		{"\"a\xff\"", "\"a\ufffd\""},
	} {
		if got := js(t, tt.in).String(); got != tt.want {
			t.Errorf("ParseJSON(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestParseJSONErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{``, `at byte 0: the text ends where a value was expected`},
		{`{"a" 1}`, `at byte 5: '1' stands where ':' was expected`},
		{`{"a":1,}`, `at byte 7: '}' stands where another entry after the comma was expected`},
		{`[1 2]`, `at byte 3: '2' stands where a comma or ']' was expected`},
		{`[1`, `the text ends where a comma or ']' was expected`},
		{`{a:1}`, `at byte 1: 'a' stands where a string was expected`},
		{`tru`, `'t' stands where a value was expected`},
		{`truex`, `'t' stands where a value was expected`},
		{`NaN`, `'N' stands where a value was expected`},
		{`01`, `'1' stands where the end of the number was expected`},
		{`1.`, `the text ends where a digit was expected`},
		{`1e+`, `the text ends where a digit was expected`},
		{`1 1`, `'1' stands where the end of the text was expected`},
		{"1\x00", `stands where the end of the text was expected`},
		{`"abc`, `the string that began at byte 0 has no end`},
		{`"a\q"`, `an unknown escape sequence`},
		{`"a\u12"`, `an unknown escape sequence`},
		{`"a\`, `the text ends inside an escape sequence`},
		{"\"a\nb\"", `at byte 2: a control character in a string; write it as \u000a`},
		{"\"\\t\n\"", `a control character in a string`},
		{strings.Repeat("[", 1001), `values are nested more than 1000 levels deep`},
		{strings.Repeat(`{"a":`, 1001), `values are nested more than 1000 levels deep`},
		{strings.Repeat("9", 4301), `an integer of more than 4300 digits`},
	} {
		if _, err := value.ParseJSON([]byte(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseJSON(%.20s) = %v, want %s", tt.in, err, tt.want)
		}
	}
	if _, err := value.ParseJSON([]byte(strings.Repeat("[", 1000) + strings.Repeat("]", 1000))); err != nil {
		t.Errorf("1000 levels: %v", err)
	}
}

// Short texts are shared when a document is long; that must not mix them up.
func TestParseJSONSharesTexts(t *testing.T) {
	t.Parallel()
	var want []string
	for i := range 3000 {
		want = append(want, fmt.Sprint("text ", i%1000))
	}
	data, _ := json.Marshal(want)
	items, _ := js(t, string(data)).AsList()
	for i, item := range items {
		if item.Str() != want[i] {
			t.Fatalf("text %d = %s, want %s", i, item, want[i])
		}
	}
}

func TestMarshalJSONKeepsEverything(t *testing.T) {
	t.Parallel()
	member := func(k string, v value.Value) value.Value { return value.Obj(value.Member{Key: k, Value: v}) }
	for _, v := range []value.Value{
		nan, value.Float(math.Inf(1)), value.List(value.Float(math.Inf(-1)), value.Int(1)), value.Float(2), value.BigInt(huge),
		member("$float", value.String("NaN")), member("$float", value.Int(1)), member("$object", nan),
		member("$object", member("$float", value.String("Infinity"))), member("a", member("$object", value.Null)),
	} {
		data, err := json.Marshal(map[string]value.Value{"v": v})
		if err != nil {
			t.Fatalf("Marshal(%s): %v", v, err)
		}
		var back map[string]value.Value
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("Unmarshal(%s): %v", data, err)
		}
		if got := back["v"]; got.String() != v.String() || got.Kind() != v.Kind() {
			t.Errorf("%s came back as %s by way of %s", v, got, data)
		}
	}
	if err := new(value.Value).UnmarshalJSON([]byte("[")); err == nil {
		t.Error("UnmarshalJSON takes half a list")
	}
}
