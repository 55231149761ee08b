package spec_test

import (
	"testing"

	"github.com/wayflow-go/wayflow/spec"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want spec.Version // 0 is an error
	}{
		{"25.3.0", 0},
		{"25.3.1", 0},
		{"25.4.0", spec.V25_4_1},
		{"25.4.1", spec.V25_4_1},
		{"25.4.2", spec.V25_4_2},
		{"25.4.7", spec.V25_4_2},
		{"26.1.0", spec.V26_1_0},
		{"26.1.1", spec.V26_1_0},
		{"26.1.2", spec.V26_1_2},
		{"26.2.0", spec.V26_1_2},
		{"26.2.1", spec.V26_1_2},
		{"26.3.0", 0},
		{"26.3.1", spec.V26_3_1},
		{"26.3.2", spec.V26_3_1},
		{"26.4.0", 0},
		{"99.9.9", 0},
		{"25.3.2", 0},
		{"26.3", 0},
		{"", 0},
		{"26.3.1.1", 0},
		{"26.3.99999999999", 0},
	}
	for _, tt := range tests {
		got, err := spec.ParseVersion(tt.text)
		if got != tt.want || (err != nil) != (tt.want == 0) {
			t.Errorf("ParseVersion(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
	for _, v := range spec.Versions() {
		if got, err := spec.ParseVersion(v.String()); got != v || err != nil {
			t.Errorf("ParseVersion(%q) = %v, %v", v, got, err)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	known := []string{"message", "message_type", "metadata", "name", "nodes"}
	tests := []struct{ name, want string }{
		{"mesage", `did you mean "message"?`},
		{"Name", `did you mean "name"?`},
		{"noeds", `did you mean "nodes"?`},
		{"messagetype", `did you mean "message_type"?`},
		{"colour", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := spec.DidYouMean(tt.name, known); got != tt.want {
			t.Errorf("DidYouMean(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}
