package main

import (
	"strings"
	"testing"
)

// shownBy makes the control sequences of a screen readable, and drops those that change nothing to see.
func shownBy(written string) string {
	return strings.NewReplacer(
		beginUpdate, "", endUpdate, "", hideCursor, "", showCursor, "", lineUp, "<up>", clearBelow, "<clear>",
	).Replace(written)
}

func TestScreen(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	width := 10
	s := &screen{out: &out, size: func() (int, int) { return width, 5 }}
	for _, tt := range []struct {
		name  string
		width int
		final string
		live  []string
		want  string
	}{
		{"nothing", 10, "", nil, ""},
		{"two lines, one of them too long", 10, "", []string{"a", "0123456789abc"}, "a\n0123456789\n"},
		{"something final goes above", 10, "done\n", []string{"b"}, "<up><up><clear>done\nb\n"},
		{"a full line", 10, "", []string{"0123456789"}, "<up><clear>0123456789\n"},
		{"a narrower terminal has wrapped it", 4, "", []string{"c"}, "<up><up><up><clear>c\n"},
		{"the end", 4, "out\n", nil, "<up><clear>out\n"},
	} {
		out.Reset()
		width = tt.width
		s.update(tt.final, tt.live)
		if got := shownBy(out.String()); got != tt.want {
			t.Errorf("%s: wrote %q, want %q", tt.name, got, tt.want)
		}
	}
	if s.hidden {
		t.Error("the cursor is hidden at the end")
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	const hostile = "a\x1b[2Jb\x07c\u009b31md\r\te\nf\x7f"
	if got, want := printable(hostile), "a[2Jbc31md\te\nf"; got != want {
		t.Errorf("printable(%q) = %q, want %q", hostile, got, want)
	}
}
