package child_test

import (
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/tool/internal/child"
)

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		writes []string
		want   string
	}{
		{"nothing", nil, ""},
		{"less than it holds", []string{"ab", "cd"}, "abcd"},
		{"more in small pieces", strings.Split("abcdefghijklmnopqrstuvwxyz", ""), "stuvwxyz"},
		{"one large piece", []string{"abc", "0123456789"}, "23456789"},
		{"cut inside a character", []string{"é" + "1234567"}, "\uFFFD1234567"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tail := child.NewTail(8)
			for _, w := range tt.writes {
				if n, err := tail.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatalf("Write(%q) = %d, %v", w, n, err)
				}
			}
			if got := tail.String(); got != tt.want {
				t.Errorf("String() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTailLastLine(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"empty", "", ""},
		{"blank", " \n\t\n", ""},
		{"one without end", "boom", "boom"},
		{"blank lines after it", "first\n  second \n\n \n", "second"},
		{"windows", "first\r\nsecond\r\n", "second"},
		{"escape sequences", "\x1b[31mred\x1b[0m\n", "[31mred[0m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tail := child.NewTail(1 << 10)
			_, _ = tail.Write([]byte(tt.text)) // never fails
			if got := tail.LastLine(); got != tt.want {
				t.Errorf("LastLine() = %q, want %q", got, tt.want)
			}
		})
	}
}
