package prompt_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// TestRepairsAsTheReferenceDoes reads broken JSON and compares with what the reference's library makes of it.
func TestRepairsAsTheReferenceDoes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/repair.json")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := value.ParseJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	items, _ := rows.AsList()
	for _, row := range items {
		text, want := row.Get("text").Str(), row.Get("want")
		got := prompt.Repair(text)
		if !value.Equal(got, want) {
			t.Errorf("Repair(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestRepairOfDeepNestingEnds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), strings.Repeat(`{"a": "b" `, 20_000), strings.Repeat(`{"a": "b \" c" d`, 20_000)} {
		prompt.Repair(text)
	}
}

func FuzzRepair(f *testing.F) {
	for _, text := range []string{`{"a": 1,}`, "{'a': [1, 2", `{"a": "it said "yes"", b: (1, 2)}`, "```json\n[]\n```", "{\"a\": \"\\u12"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := prompt.Repair(text)
		if again, err := value.ParseJSON([]byte(text)); err == nil && !value.Equal(v, again) {
			t.Errorf("Repair(%q) = %s, but it is JSON already", text, v)
		}
	})
}

func BenchmarkRepair(b *testing.B) {
	text := "Sure, here it is:\n```json\n{\"customer\": 'Zoë', items: [{\"sku\": \"LAMP\", \"quantity\": 2,}, {\"sku\": \"CORD\"}]\n```"
	b.ReportAllocs()
	for b.Loop() {
		prompt.Repair(text)
	}
}
