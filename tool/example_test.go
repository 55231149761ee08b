package tool_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

func ExampleFunc() {
	type query struct {
		City string `json:"city" description:"where"`
		Days int    `json:"days" default:"3" description:"how many days ahead"`
	}
	forecast, err := tool.Func("forecast", "Tells the weather of the next days",
		func(_ context.Context, q query) ([]string, error) {
			return []string{fmt.Sprintf("%s is sunny for %d days", q.City, q.Days)}, nil
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range forecast.Spec().Inputs {
		fmt.Printf("%s (%s): %s\n", p.Title, p.Type, p.Description)
	}
	result, err := forecast.Call(context.Background(), value.NewObject(value.Member{Key: "city", Value: value.String("Oslo")}))
	fmt.Println(result, err)
	// Output:
	// city (string): where
	// days (integer): how many days ahead
	// ["Oslo is sunny for 3 days"] <nil>
}

// The fields of a struct can be outputs of their own.
func ExampleFuncTool_Outputs() {
	type result struct {
		Quotient  int `json:"quotient"`
		Remainder int `json:"remainder"`
	}
	type operands struct{ A, B int }
	divide, err := tool.Func("divide", "", func(_ context.Context, o operands) (result, error) {
		return result{o.A / o.B, o.A % o.B}, nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range divide.Outputs().Spec().Outputs {
		fmt.Println(p.Title, p.Type)
	}
	// Output:
	// quotient integer
	// remainder integer
}

// A failure has a class, by which a catch node of a document tells it from others.
func ExampleError() {
	type order struct {
		Item string `json:"item"`
	}
	buy, err := tool.Func("buy", "", func(_ context.Context, o order) (struct{}, error) {
		return struct{}{}, fmt.Errorf("there is no %s", o.Item)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = buy.Call(context.Background(), value.NewObject(value.Member{Key: "item", Value: value.String("tea")}))
	if failure, ok := errors.AsType[*tool.Error](err); ok {
		fmt.Println(failure.Class, failure.Classes(), failure.Message)
	}
	// Output: RuntimeError [RuntimeError Exception] there is no tea
}

func ExampleCheck() {
	type user struct {
		Name string `json:"name"`
	}
	greet, err := tool.Func("greet", "", func(_ context.Context, u user) (string, error) { return "Hello " + u.Name, nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	declared := []value.Property{{Title: "username", Type: value.StringType}}
	for _, m := range tool.Check(declared, nil, greet.Spec()) {
		fmt.Println(m)
	}
	// Output:
	// input "username": the document declares it, but the tool takes "name"
	// input "name": the tool requires it (string), but the document does not declare it; add it there, or give it a default in the tool
}
