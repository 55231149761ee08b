package flowtest

import (
	"encoding/json"
	"maps"
	"slices"

	"pgregory.net/rapid"
)

// Damage changes a few places of a JSON text: what stands there is replaced by something else that stands in it, or by
// what does not belong.
func Damage(t *rapid.T, data []byte) []byte {
	var root any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatalf("damage: %v", err)
	}
	for range rapid.IntRange(1, 3).Draw(t, "damages") {
		places := placesOf(root, func(v any) { root = v })
		at := places[rapid.IntRange(0, len(places)-1).Draw(t, "place")]
		from := places[rapid.IntRange(0, len(places)-1).Draw(t, "from")]
		strange := []any{
			nil, true, -1, 0, 1, 2, 7, 1e300, "", "1", "x",
			[]any{},
			map[string]any{},
			[]any{nil},
			[]any{-1},
			copied(from.value), copied(from.value), copied(from.value), copied(from.value),
		}
		at.set(strange[rapid.IntRange(0, len(strange)-1).Draw(t, "kind")])
	}
	out, err := json.Marshal(root)
	if err != nil {
		t.Fatalf("damage: %v", err)
	}
	return out
}

// place is where a value stands, and how to put another there.
type place struct {
	value any
	set   func(any)
}

func placesOf(v any, set func(any)) []place {
	places := []place{{v, set}}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			places = append(places, placesOf(v[k], func(w any) { v[k] = w })...)
		}
	case []any:
		for i := range v {
			places = append(places, placesOf(v[i], func(w any) { v[i] = w })...)
		}
	}
	return places
}

func copied(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err)
	}
	return out
}
