package jinja_test

import (
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

func ExampleParse() {
	t, err := jinja.Parse("Dear {{ name }}:{% for o in orders %} {{ loop.index }}. {{ o.id }}{% endfor %}")
	if err != nil {
		panic(err)
	}
	for _, v := range t.Variables() {
		fmt.Println(v.Name, v.Text)
	}
	orders := value.List(value.Obj(value.Member{Key: "id", Value: value.Int(4711)}))
	text, err := t.Render([]value.Value{value.String("Ada"), orders})
	fmt.Println(text, err)
	// Output:
	// name true
	// orders false
	// Dear Ada: 1. 4711 <nil>
}

func ExampleTemplate_RenderPartial() {
	t, err := jinja.Parse("Choose for {{ name }} among {{ choices }}.")
	if err != nil {
		panic(err)
	}
	text, err := t.RenderPartial(value.NewObject(value.Member{Key: "name", Value: value.String("Ada")}))
	fmt.Println(text, err)
	// Output: Choose for Ada among {{ choices }}. <nil>
}

func ExampleRenderError() {
	t, err := jinja.Parse("{{ name.upper() }}")
	if err != nil {
		panic(err)
	}
	_, err = t.RenderObject(value.NewObject(value.Member{Key: "name", Value: value.String("Ada")}))
	if e, ok := errors.AsType[*jinja.RenderError](err); ok {
		fmt.Println(e.Class, e.Line, e.Column)
	}
	// Output: SecurityException 1 8
}
