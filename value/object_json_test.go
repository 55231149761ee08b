package value_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// TestObjectAsJSON writes and reads objects that stand in Go structs by themselves.
func TestObjectAsJSON(t *testing.T) {
	t.Parallel()
	type holder struct {
		Args *value.Object `json:"args"`
	}
	tests := []struct {
		name   string
		object *value.Object
		want   string
	}{
		{"nil", nil, `{"args":null}`},
		{"empty", value.NewObject(), `{"args":{}}`},
		{
			"ordered", value.NewObject(value.Member{Key: "b", Value: value.Int(1)}, value.Member{Key: "a", Value: value.Float(2)}),
			`{"args":{"b":1,"a":2.0}}`,
		},
		{"infinite", value.NewObject(value.Member{Key: "x", Value: value.Float(math.Inf(1))}), `{"args":{"x":{"$float":"Infinity"}}}`},
		{"like a mark", value.NewObject(value.Member{Key: "$float", Value: value.String("1")}), `{"args":{"$object":{"$float":"1"}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(holder{tt.object})
			if err != nil || string(got) != tt.want {
				t.Fatalf("Marshal() = %s, %v, want %s", got, err, tt.want)
			}
			var back holder
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			if !value.Equal(back.Args.Of(), tt.object.Of()) {
				t.Errorf("Unmarshal(%s) = %s, want %s", got, back.Args.Of(), tt.object.Of())
			}
		})
	}
	var h holder
	if err := json.Unmarshal([]byte(`{"args":[1]}`), &h); err == nil {
		t.Error("Unmarshal() takes a list for an object")
	}
}
