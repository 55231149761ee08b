package value_test

import (
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/value"
)

func ExampleParseJSON() {
	v, err := value.ParseJSON([]byte(`{"z": 9007199254740993, "a": [1, 1.0, null]}`))
	fmt.Println(v, err)
	fmt.Println(v.Get("z").Kind(), value.Text(v))
	// Output:
	// {"z":9007199254740993,"a":[1,1.0,null]} <nil>
	// integer {"z": 9007199254740993, "a": [1, 1.0, null]}
}

func ExampleParseProperty() {
	schema, _ := value.ParseJSON([]byte(`{"title": "limit", "type": ["integer", "null"], "default": 10, "x-ours": true}`))
	p, err := value.ParseProperty(schema)
	fmt.Println(p.Title, p.Type, p.Default, err)
	fmt.Println(p.WithTitle("at_most").Schema())
	// Output:
	// limit integer or null 10 <nil>
	// {"title":"at_most","type":["integer","null"],"default":10,"x-ours":true}
}

func ExampleSchemaErrors() {
	schema, _ := value.ParseJSON([]byte(`{"type": "object", "properties": {"age": {"type": "int"}, "name": {"type": "string", "minLength": -1}}}`))
	_, err := value.ParseProperty(schema)
	for _, fault := range value.SchemaErrors(err) {
		fmt.Println(fault.Path)
	}
	// Output:
	// /properties/age/type
	// /properties/name/minLength
}

func ExampleCast() {
	person := value.ObjectOf(
		value.Property{Title: "name", Type: value.StringType},
		value.Property{Title: "age", Type: value.IntegerType},
	)
	v, _ := value.ParseJSON([]byte(`[{"name": "Ann", "age": 41.9}, {"name": 7, "age": "old"}]`))
	items, _ := v.AsList()
	fmt.Println(value.Cast(items[0], person))

	_, err := value.Cast(v, value.ListOf(person))
	if castErr, ok := errors.AsType[*value.CastError](err); ok {
		fmt.Println(castErr.Path)
		fmt.Println(castErr.In("people"))
	}
	// Output:
	// {"name":"Ann","age":41} <nil>
	// [1].age
	// people[1].age: expected integer, found string "old"
}

func ExampleCanCast() {
	fmt.Println(value.CanCast(value.IntegerType, value.ListOf(value.StringType)))
	fmt.Println(value.CanCast(value.ListOf(value.IntegerType), value.ListOf(value.StringType)))
	fmt.Println(value.WhyNotCast(value.ListOf(value.StringType), value.ListOf(value.NumberType)))
	// Output:
	// false
	// true
	// its items: string cannot become number
}

func ExampleLenient() {
	schema, _ := value.ParseJSON([]byte(`{"type": "object", "properties": {
		"price": {"type": "number"}, "currency": {"type": "string", "default": "EUR"}}}`))
	t, _ := value.ParseType(schema)
	answer, _ := value.ParseJSON([]byte(`{"price": "12.50"}`))
	fmt.Println(value.Lenient(answer, t))
	// Output: {"price":12.5,"currency":"EUR"}
}

func ExampleFillDefaults() {
	schema, _ := value.ParseJSON([]byte(`{"type": "array", "items": {"type": "object", "properties": {"tries": {"type": "integer", "default": 3}}}}`))
	t, _ := value.ParseType(schema)
	v, _ := value.ParseJSON([]byte(`[{"tries": 1}, {"url": "/"}]`))
	fmt.Println(value.FillDefaults(v, t))
	// Output: [{"tries":1},{"url":"/","tries":3}] <nil>
}
