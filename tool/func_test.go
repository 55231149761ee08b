package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// parse reads JSON that the test itself wrote.
func parse(t testing.TB, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("ParseJSON(%s): %v", text, err)
	}
	return v
}

func object(t testing.TB, text string) *value.Object {
	t.Helper()
	o, ok := parse(t, text).AsObject()
	if !ok {
		t.Fatalf("%s is no object", text)
	}
	return o
}

// echo returns a tool whose result is its only input.
func echo[T any](t testing.TB) *tool.FuncTool {
	t.Helper()
	type in struct {
		V T `json:"v"`
	}
	f, err := tool.Func("echo", "", func(_ context.Context, i in) (T, error) { return i.V, nil })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

type level string

type point struct {
	X int     `json:"x"`
	Y float64 `json:"y,omitempty"`
}

type tree struct {
	Name     string  `json:"name"`
	Children []*tree `json:"children"`
}

type color struct{ R, G, B uint8 }

func (c color) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02x%02x%02x", c.R, c.G, c.B), nil
}

func (c *color) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "%02x%02x%02x", &c.R, &c.G, &c.B)
	return err
}

type pair struct{ a, b int }

func (p pair) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "[%d,%d]", p.a, p.b), nil }

func (p *pair) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(string(b), "[%d,%d]", &p.a, &p.b)
	return err
}

func TestFuncValuesGoThrough(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		tool     *tool.FuncTool
		in, want string
	}{
		{"bool", echo[bool](t), `true`, `true`},
		{"int", echo[int](t), `-5`, `-5`},
		{"int from a whole number", echo[int](t), `3.0`, `3`},
		{"int from a boolean, as in Python", echo[int](t), `true`, `1`},
		{"largest int64", echo[int64](t), `9223372036854775807`, `9223372036854775807`},
		{"int8", echo[int8](t), `-128`, `-128`},
		{"largest uint64", echo[uint64](t), `18446744073709551615`, `18446744073709551615`},
		{"float", echo[float64](t), `3.5`, `3.5`},
		{"float from an integer", echo[float64](t), `3`, `3.0`},
		{"float32 keeps its text", echo[float32](t), `0.1`, `0.1`},
		{"string", echo[string](t), `"é\n"`, `"é\n"`},
		{"named string", echo[level](t), `"high"`, `"high"`},
		{"list", echo[[]int](t), `[1,2]`, `[1,2]`},
		{"null for a list", echo[[]int](t), `null`, `[]`},
		{"array", echo[[2]bool](t), `[true,false]`, `[true,false]`},
		{"map, sorted", echo[map[string]int](t), `{"b":1,"a":2}`, `{"a":2,"b":1}`},
		{"map with named keys", echo[map[level]string](t), `{"a":"x"}`, `{"a":"x"}`},
		{"null for a map", echo[map[string]int](t), `null`, `{}`},
		{"pointer", echo[*int](t), `7`, `7`},
		{"null for a pointer", echo[*int](t), `null`, `null`},
		{"struct", echo[point](t), `{"x":1,"y":2.5,"unknown":0}`, `{"x":1,"y":2.5}`},
		{"empty field left out", echo[point](t), `{"x":1}`, `{"x":1}`},
		{
			"recursive type", echo[tree](t), `{"name":"a","children":[{"name":"b","children":[]},null]}`,
			`{"name":"a","children":[{"name":"b","children":[]},null]}`,
		},
		{"time", echo[time.Time](t), `"2026-03-01T10:00:00.000000001+02:00"`, `"2026-03-01T10:00:00.000000001+02:00"`},
		{"duration", echo[time.Duration](t), `"90s"`, `"1m30s"`},
		{"bytes", echo[[]byte](t), `"AP8="`, `"AP8="`},
		{"text of its own", echo[color](t), `"ff8000"`, `"ff8000"`},
		{"JSON of its own", echo[pair](t), `[1,2]`, `[1,2]`},
		{"big integer", echo[*big.Int](t), `123456789012345678901234567890`, `123456789012345678901234567890`},
		{"number as text", echo[json.Number](t), `123456789012345678901234567890`, `123456789012345678901234567890`},
		{"number as text, with a fraction", echo[json.Number](t), `1.50`, `1.5`},
		{"raw JSON keeps the order", echo[json.RawMessage](t), `{"b":1,"a":[1.0,2]}`, `{"b":1,"a":[1.0,2]}`},
		{"value keeps the order", echo[value.Value](t), `{"b":1,"a":[1.0,2]}`, `{"b":1,"a":[1.0,2]}`},
		{"object keeps the order", echo[*value.Object](t), `{"b":1,"a":2}`, `{"b":1,"a":2}`},
		{
			"any", echo[any](t), `{"b":[1,1.0,"x",null,true,123456789012345678901234567890],"a":{}}`,
			`{"a":{},"b":[1,1.0,"x",null,true,123456789012345678901234567890]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.tool.Call(t.Context(), value.NewObject(value.Member{Key: "v", Value: parse(t, tt.in)}))
			if err != nil {
				t.Fatalf("Call(%s): %v", tt.in, err)
			}
			if diff := cmp.Diff(tt.want, got.String()); diff != "" {
				t.Errorf("Call(%s) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestFuncRefusesValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		tool     *tool.FuncTool
		in, want string
	}{
		{"missing", echo[int](t), `{}`, `input "v": missing; it is required`},
		{"unknown", echo[int](t), `{"v":1,"w":2}`, `there is no input "w"; the tool takes v`},
		{"null", echo[int](t), `{"v":null}`, `input "v": expected an integer, found null`},
		{"text for an integer", echo[int](t), `{"v":"3"}`, `input "v": expected an integer, found the text "3"`},
		{"fraction for an integer", echo[int](t), `{"v":3.5}`, `input "v": expected an integer, found the number 3.5`},
		{"integer of too many bits", echo[int8](t), `{"v":128}`, `input "v": the integer 128 needs more than 8 bits`},
		{
			"huge integer", echo[int64](t), `{"v":9223372036854775808}`,
			`input "v": the integer 9223372036854775808 needs more than 64 bits`,
		},
		{"negative", echo[uint](t), `{"v":-1}`, `input "v": the integer -1 is negative`},
		{
			"integer that a number would round", echo[float64](t), `{"v":9007199254740993}`,
			`input "v": the integer 9007199254740993 has more digits than a number can hold`,
		},
		{"text for a number", echo[float64](t), `{"v":"1"}`, `input "v": expected a number, found the text "1"`},
		{"text for a boolean", echo[bool](t), `{"v":"true"}`, `input "v": expected true or false, found the text "true"`},
		{"item of a list", echo[[]string](t), `{"v":["a",1]}`, `input "v[1]": expected a text, found the integer 1`},
		{"length of an array", echo[[2]int](t), `{"v":[1]}`, `input "v": expected a list of 2 items, found a list of 1 items`},
		{
			"field of a struct", echo[[]point](t), `{"v":[{"x":1},{"x":"a"}]}`,
			`input "v[1].x": expected an integer, found the text "a"`,
		},
		{"missing field", echo[point](t), `{"v":{}}`, `input "v.x": missing; it is required`},
		{
			"entry of a map", echo[map[string]int](t), `{"v":{"k":[]}}`,
			`input "v.k": expected an integer, found a list of 0 items`,
		},
		{"no base64", echo[[]byte](t), `{"v":"?"}`, `input "v": the text is not base64: illegal base64 data at input byte 0`},
		{
			"no duration", echo[time.Duration](t), `{"v":"soon"}`,
			`input "v": expected a duration such as "1m30s", found the text "soon"`,
		},
		{"list for an object", echo[*value.Object](t), `{"v":[]}`, `input "v": expected an object, found a list of 0 items`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.tool.Call(t.Context(), object(t, tt.in))
			e, ok := errors.AsType[*tool.Error](err)
			if !ok {
				t.Fatalf("Call(%s) = %v, want an *Error", tt.in, err)
			}
			if e.Class != tool.TypeError || e.Message != tt.want || e.Tool != "echo" {
				t.Errorf("Call(%s) = %s %q of %q, want TypeError %q", tt.in, e.Class, e.Message, e.Tool, tt.want)
			}
		})
	}
}

func TestFuncRefusesResults(t *testing.T) {
	t.Parallel()
	var loop tree
	loop.Children = []*tree{&loop}
	tests := []struct {
		name   string
		result any
		want   string
	}{
		{"invalid text", map[string]any{"k": []string{"a\xff"}}, "result.k[0]: the text is not valid UTF-8; return bytes as []byte"},
		{"contains itself", loop, "nested more than 1000 levels deep; does it contain itself?"},
		{"no number", json.Number("abc"), `result: the text "abc" is not a number`},
		{"a channel", make(chan int), "result: a chan cannot be an input or a result"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := tool.Func("f", "", func(context.Context, struct{}) (any, error) { return tt.result, nil })
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Call(t.Context(), nil)
			e, ok := errors.AsType[*tool.Error](err)
			if !ok || e.Class != tool.ValueError || !strings.Contains(e.Message, tt.want) {
				t.Errorf("Call() = %v, want a ValueError that says %q", err, tt.want)
			}
		})
	}
}

func TestFuncNumbersBeyondJSON(t *testing.T) {
	t.Parallel()
	f := echo[float64](t)
	for _, x := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1)} {
		v, err := f.Call(t.Context(), value.NewObject(value.Member{Key: "v", Value: value.Float(x)}))
		if err != nil {
			t.Fatalf("Call(%v): %v", x, err)
		}
		if got, _ := v.AsFloat(); math.Float64bits(got) != math.Float64bits(x) {
			t.Errorf("Call(%v) = %v", x, got)
		}
	}
}

type common struct {
	User string `json:"user" description:"who asks"`
}

type query struct {
	common
	City   string         `json:"city" jsonschema:"where"`
	Days   int            `json:"days" default:"3"`
	Unit   string         `json:"unit,omitempty" default:"celsius"`
	Limit  *int           `json:"limit"`
	Tags   []string       `json:"tags,omitempty"`
	Extra  map[string]any `json:"extra,omitzero"`
	Hidden string         `json:"-"`
	Plain  bool
	secret string
}

func TestFuncSpec(t *testing.T) {
	t.Parallel()
	f, err := tool.Func("forecast", "Tells the weather", func(_ context.Context, q query) (point, error) {
		return point{X: q.Days + len(q.secret)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range f.Spec().Inputs {
		got = append(got, p.Schema().String())
	}
	want := []string{
		`{"title":"user","type":"string","description":"who asks"}`,
		`{"title":"city","type":"string","description":"where"}`,
		`{"title":"days","type":"integer","default":3}`,
		`{"title":"unit","type":"string","default":"celsius"}`,
		`{"title":"limit","anyOf":[{"type":"integer"},{"type":"null"}],"default":null}`,
		`{"title":"tags","type":"array","items":{"type":"string"},"default":[]}`,
		`{"title":"extra","type":"object","additionalProperties":{},"default":{}}`,
		`{"title":"Plain","type":"boolean"}`,
	}
	sortKeys := func(ss []string) (out []value.Value) {
		for _, s := range ss {
			out = append(out, parse(t, s))
		}
		return out
	}
	if diff := cmp.Diff(sortKeys(want), sortKeys(got)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if o := f.Spec().Outputs; len(o) != 1 || o[0].Title != tool.OutputName || o[0].Type.Kind != value.TypeObject {
		t.Errorf("outputs = %v, want one object", o)
	}
	for _, tt := range []struct{ name, in, want string }{
		{"defaults", `{"user":"u","city":"c","Plain":true}`, `{"x":3}`},
		{"null for a default", `{"user":"u","city":"c","Plain":true,"days":null}`, `{"x":3}`},
		{"given in another order", `{"Plain":true,"days":5,"city":"c","user":"u"}`, `{"x":5}`},
	} {
		if got, err := f.Call(t.Context(), object(t, tt.in)); err != nil || got.String() != tt.want {
			t.Errorf("%s: Call(%s) = %s, %v, want %s", tt.name, tt.in, got, err, tt.want)
		}
	}
}

func TestFuncOutputs(t *testing.T) {
	t.Parallel()
	type one struct {
		Clock string `json:"clock"`
	}
	nothing, err1 := tool.Func("f", "", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	clock, err2 := tool.Func("f", "", func(context.Context, struct{}) (one, error) { return one{"noon"}, nil })
	spot, err3 := tool.Func("f", "", func(context.Context, struct{}) (point, error) { return point{1, 2}, nil })
	text, err4 := tool.Func("f", "", func(context.Context, struct{}) (string, error) { return "x", nil })
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		tool *tool.FuncTool
		want string // outputs and result
	}{
		{"nothing", nothing, "[] null"},
		{"nothing, named", nothing.Output("x"), "[] null"},
		{"struct", clock, `[tool_output] {"clock":"noon"}`},
		{"struct, named", clock.Output("time"), `[time] {"clock":"noon"}`},
		{"struct of one field as outputs", clock.Outputs(), `[clock] "noon"`},
		{"struct of two fields as outputs", spot.Outputs(), `[x y] {"x":1,"y":2.0}`},
		{"and back", spot.Outputs().Output("p"), `[p] {"x":1,"y":2.0}`},
		{"text has no fields", text.Outputs(), `[tool_output] "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			names := []string{}
			for _, o := range tt.tool.Spec().Outputs {
				names = append(names, o.Title)
			}
			v, err := tt.tool.Call(t.Context(), nil)
			if got := fmt.Sprint(names, " ", v); err != nil || got != tt.want {
				t.Errorf("outputs and result = %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestFuncRefusesSignatures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		make func() (*tool.FuncTool, error)
		want string
	}{
		{"no struct", signature[int], `tool "f": the function takes a int; it must take a struct, whose fields are the inputs`},
		{"channel", signature[struct{ C chan int }], `tool "f": field C: a chan cannot be an input or a result`},
		{"map of integers", signature[struct{ M map[int]int }], `tool "f": field M: a map needs texts as its keys`},
		{"interface", signature[struct {
			E struct{ Err error } `json:"e"`
		}], `tool "f": input "e": an interface with methods cannot be read from a value; take a struct, any or value.Value`},
		{"same name", signature[struct {
			A int
			B int `json:"A"`
		}], `tool "f": field B: another field is called "A" too; give one of them another name by a json tag`},
		{"default of another type", signature[struct {
			A int `default:"x"`
		}], `tool "f": field A: its default: expected an integer, found the text "x"`},
		{"json option", signature[struct {
			A int `json:",string"`
		}], `tool "f": field A: the json option "string" is not supported here`},
		{"embedded pointer", signature[struct{ *common }], `tool "f": field common: embed the struct itself, not a pointer to it`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.make()
			if err == nil || err.Error() != tt.want {
				t.Errorf("Func: %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := tool.Func("", "", func(context.Context, struct{}) (int, error) { return 0, nil }); err == nil {
		t.Error("Func without a name: no error")
	}
	if _, err := tool.Func[struct{}, int]("f", "", nil); err == nil {
		t.Error("Func without a function: no error")
	}
}

func signature[In any]() (*tool.FuncTool, error) {
	return tool.Func("f", "", func(context.Context, In) (int, error) { return 0, nil })
}

type outOfStock struct{ item string }

func (e outOfStock) Error() string    { return e.item + " is out of stock" }
func (outOfStock) ErrorClass() string { return "OutOfStock" }

func TestFuncErrors(t *testing.T) {
	t.Parallel()
	plain := errors.New("no such user")
	var none map[string]int
	tests := []struct {
		name    string
		fn      func() error
		class   string
		classes []string
		message string
		stack   bool
	}{
		{"plain", func() error { return plain }, "RuntimeError", []string{"RuntimeError", "Exception"}, "no such user", false},
		{
			"wrapped, with a class", func() error { return fmt.Errorf("order: %w", outOfStock{"tea"}) }, "OutOfStock",
			[]string{"OutOfStock", "Exception"},
			"order: tea is out of stock", false,
		},
		{
			"deadline of its own", func() error { return fmt.Errorf("query: %w", context.DeadlineExceeded) }, "TimeoutError",
			[]string{"TimeoutError", "OSError", "Exception"},
			"query: context deadline exceeded", false,
		},
		{"panic", func() error { panic("oh no") }, "RuntimeError", []string{"RuntimeError", "Exception"}, "panic: oh no", true},
		{
			"panic of the runtime", func() error { none["x"] = 1; return nil }, "RuntimeError",
			[]string{"RuntimeError", "Exception"},
			"panic: assignment to entry in nil map", true,
		},
		{
			"ready-made", func() error { return tool.Failf("f", "KeyError", "'x'") }, "KeyError",
			[]string{"KeyError", "LookupError", "Exception"},
			"'x'", false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := tool.Func("f", "", func(context.Context, struct{}) (int, error) { return 0, tt.fn() })
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Call(t.Context(), nil)
			e, ok := errors.AsType[*tool.Error](err)
			if !ok {
				t.Fatalf("Call() = %v, want an *Error", err)
			}
			if e.Class != tt.class || e.Message != tt.message || (e.Stack != "") != tt.stack {
				t.Errorf("Call() = %s %q, stack %q", e.Class, e.Message, e.Stack)
			}
			if !reflect.DeepEqual(e.Classes(), tt.classes) {
				t.Errorf("Classes() = %q, want %q", e.Classes(), tt.classes)
			}
			if want := `tool "f": ` + tt.message; err.Error() != want {
				t.Errorf("Error() = %q, want %q", err, want)
			}
		})
	}
	f, err := tool.Func("f", "", func(context.Context, struct{}) (int, error) { return 0, plain })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Call(t.Context(), nil); !errors.Is(err, plain) {
		t.Errorf("errors.Is(%v, the function's error) = false", err)
	}
}

func TestFuncTimeoutAndCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, err := tool.Func("slow", "", func(ctx context.Context, _ struct{}) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Timeout(3*time.Second).Call(t.Context(), nil)
		if e, ok := errors.AsType[*tool.Error](err); !ok || e.Class != tool.TimeoutError ||
			!strings.HasPrefix(e.Message, "no answer within 3s") || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Call with a timeout = %v, want a TimeoutError", err)
		}

		why := errors.New("stopped by shutdown")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		_, err = f.Call(ctx, nil)
		if e, ok := errors.AsType[*tool.Error](err); ok || !errors.Is(err, why) {
			t.Errorf("cancelled Call = %v (%v), want the cause and no *Error", err, e)
		}
	})
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	f, err := tool.Func("f", "", func(ctx context.Context, _ struct{}) (string, error) { return tool.IdempotencyKey(ctx), nil })
	if err != nil {
		t.Fatal(err)
	}
	if v, err := f.Call(t.Context(), nil); err != nil || v.Str() != "" {
		t.Errorf("without a key: %v, %v", v, err)
	}
	if v, err := f.Call(tool.WithIdempotencyKey(t.Context(), "k1"), nil); err != nil || v.Str() != "k1" {
		t.Errorf("with a key: %v, %v", v, err)
	}
}

func BenchmarkFunc(b *testing.B) {
	type in struct {
		User  string `json:"user"`
		Limit int    `json:"limit"`
		Exact bool   `json:"exact"`
	}
	type out struct {
		Name string   `json:"name"`
		Tags []string `json:"tags"`
		Age  int      `json:"age"`
	}
	tags := []string{"a", "b"}
	f, err := tool.Func("f", "", func(_ context.Context, i in) (out, error) { return out{i.User, tags, i.Limit}, nil })
	if err != nil {
		b.Fatal(err)
	}
	args := object(b, `{"user":"bob","limit":3,"exact":true}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Call(b.Context(), args); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFuncByJSON does what BenchmarkFunc does by way of encoding/json, for comparison.
func BenchmarkFuncByJSON(b *testing.B) {
	type in struct {
		User  string `json:"user"`
		Limit int    `json:"limit"`
		Exact bool   `json:"exact"`
	}
	type out struct {
		Name string   `json:"name"`
		Tags []string `json:"tags"`
		Age  int      `json:"age"`
	}
	tags := []string{"a", "b"}
	args := object(b, `{"user":"bob","limit":3,"exact":true}`)
	b.ReportAllocs()
	for b.Loop() {
		var i in
		if err := json.Unmarshal(value.AppendJSON(nil, args.Of()), &i); err != nil {
			b.Fatal(err)
		}
		text, err := json.Marshal(out{i.User, tags, i.Limit})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := value.ParseJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}
