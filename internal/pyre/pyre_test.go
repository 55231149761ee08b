package pyre_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/internal/pyre"
)

// pythonRow is what Python's re.finditer gives: of each match the whole and the groups, null where a group took no part.
type pythonRow struct {
	Pattern string
	Flags   pyre.Flags
	Text    string
	Want    [][]*string
	Error   bool
}

func pythonRows(tb testing.TB) []pythonRow {
	tb.Helper()
	file := "testdata/python.json"
	if other := os.Getenv("PYRE_ROWS"); other != "" {
		file = other
	}
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var rows []pythonRow
	if err := json.Unmarshal(data, &rows); err != nil {
		tb.Fatal(err)
	}
	return rows
}

func TestMatchesAsPythonDoes(t *testing.T) {
	t.Parallel()
	for _, row := range pythonRows(t) {
		p, err := pyre.Compile(row.Pattern, row.Flags)
		if row.Error {
			if err == nil {
				t.Errorf("Compile(%q, %d): no error, but Python refuses it", row.Pattern, row.Flags)
			}
			continue
		}
		if err != nil {
			t.Errorf("Compile(%q, %d): %v", row.Pattern, row.Flags, err)
			continue
		}
		found, err := p.FindAll(row.Text)
		if err != nil {
			t.Errorf("FindAll(%q, %q): %v", row.Pattern, row.Text, err)
			continue
		}
		if diff := cmp.Diff(plain(row.Want), plain(groups(found, p.Groups()))); diff != "" {
			t.Errorf("FindAll(%q, flags %d, %q) (-want +got):\n%s", row.Pattern, row.Flags, row.Text, diff)
		}
	}
}

func groups(found []pyre.Match, n int) [][]*string {
	out := [][]*string{}
	for _, m := range found {
		var row []*string
		for i := range n + 1 {
			if text, ok := m.Group(i); ok {
				row = append(row, &text)
			} else {
				row = append(row, nil)
			}
		}
		out = append(out, row)
	}
	return out
}

func plain(rows [][]*string) string {
	data, _ := json.Marshal(rows)
	return string(data)
}

func TestCatastrophicPatternsEnd(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a", 40) + "!"
	for _, tt := range []struct {
		name, pattern string
		bound         string
	}{
		{"falls back to an automaton", `(a+)+b`, ""},
		{"alternatives that overlap", `(a|aa)+$`, "steps"},
		{"a back-reference", `(a+)+\1b`, "steps"},
		{"nested repeats with look-ahead", `((?=a)a*)*b`, "steps"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := pyre.Compile(tt.pattern, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.FindAll(text)
			var bound *pyre.BoundError
			switch {
			case tt.bound == "" && err != nil:
				t.Errorf("FindAll: %v", err)
			case tt.bound != "" && (!errors.As(err, &bound) || bound.Bound != tt.bound):
				t.Errorf("FindAll: error %v, want the bound %s", err, tt.bound)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	p, err := pyre.Compile(`\A(?:(a)|b)*(?=c)`, pyre.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.FindAll(strings.Repeat("ab", 300_000))
	var bound *pyre.BoundError
	if !errors.As(err, &bound) || bound.Bound != "choices" {
		t.Errorf("FindAll: error %v, want the bound choices", err)
	}
}

func TestSyntaxErrorsHaveAPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern string
		offset  int
		problem string
	}{
		{`ab(c`, 2, "unterminated"},
		{`a**`, 2, "multiple repeat"},
		{`(?<n>a)`, 1, "(?P<name>"},
		{`x(?<=a+)b`, 1, "fixed-width"},
		{`\p{L}`, 0, `bad escape \p`},
		{strings.Repeat("(", 600) + strings.Repeat(")", 600), 500, "nest deeper"},
	} {
		_, err := pyre.Compile(tt.pattern, 0)
		var syntax *pyre.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("Compile(%q): error %v, want a syntax error", tt.pattern, err)
			continue
		}
		if syntax.Offset != tt.offset || !strings.Contains(syntax.Problem, tt.problem) {
			t.Errorf("Compile(%q): %v, want %q at %d", tt.pattern, err, tt.problem, tt.offset)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, row := range pythonRows(f) {
		f.Add(row.Pattern, row.Text, int(row.Flags))
	}
	f.Fuzz(func(t *testing.T, pattern, text string, flags int) {
		p, err := pyre.Compile(pattern, pyre.Flags(flags))
		if err != nil || len(text) > 100 {
			return
		}
		found, err := p.FindAll(text)
		if err != nil {
			return
		}
		end := 0
		for _, m := range found {
			if m.Start() < end || m.End() < m.Start() || m.End() > len(text) {
				t.Fatalf("FindAll(%q, %q): a match from %d to %d behind %d", pattern, text, m.Start(), m.End(), end)
			}
			end = m.End()
		}
	})
}

func BenchmarkFindAll(b *testing.B) {
	text := strings.Repeat("mail ada@host.org or bob@host.net about #42, please; ", 20)
	for _, tt := range []struct{ name, pattern string }{
		{"mails", `[a-z]+@[a-z]+\.[a-z]+`},
		{"number", `#(\d+)`},
		{"word", `\bplease\b`},
	} {
		b.Run(tt.name, func(b *testing.B) {
			p, err := pyre.Compile(tt.pattern, 0)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.FindAll(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
