package jsonscan_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/internal/jsonscan"
)

// The tokens of a document come one by one, with the place where each ends.
func TestScanner(t *testing.T) {
	t.Parallel()
	s := jsonscan.New([]byte(` { "a\n" : -1.5e3 , "b" : [ true , null ] } `))
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("at byte %d: %v", s.Offset(), err)
		}
	}
	more := func(first bool, closing byte, want bool) {
		t.Helper()
		got, err := s.More(first, closing)
		if err != nil || got != want {
			t.Fatalf("More = %v, %v at byte %d, want %v", got, err, s.Offset(), want)
		}
	}
	ok(s.Expect('{'))
	more(true, '}', true)
	key, err := s.String()
	ok(err)
	ok(s.Expect(':'))
	if key != "a\n" || s.Peek() != '-' || s.Offset() != 11 {
		t.Fatalf("key %q, then %q at byte %d", key, s.Peek(), s.Offset())
	}
	number, integer, err := s.Number()
	ok(err)
	if string(number) != "-1.5e3" || integer {
		t.Fatalf("number %s, integer %v", number, integer)
	}
	more(false, '}', true)
	_, err = s.String()
	ok(err)
	ok(s.Expect(':'))
	ok(s.Expect('['))
	more(true, ']', true)
	ok(s.Word("true"))
	more(false, ']', true)
	s.Peek()
	ok(s.Word("null"))
	more(false, ']', false)
	more(false, '}', false)
	ok(s.End())
}

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	s := jsonscan.New([]byte(`  [1, x`))
	_ = s.Expect('[')
	_, _, _ = s.Number()
	_, _ = s.More(false, ']')
	_, _, err := s.Number()
	scanErr, ok := errors.AsType[*jsonscan.Error](err)
	if !ok || scanErr.Offset != 6 || !strings.Contains(scanErr.Error(), `'x' stands where a value`) {
		t.Errorf("error = %#v", err)
	}
}

// Strings are read as encoding/json reads them, whichever way through the scanner they take.
func FuzzString(f *testing.F) {
	for _, seed := range []string{
		``, `plain`, `exactly8`, `longer than eight bytes`, `é`, `12345678é`, `\u00e9\ud83d\ude00\ud83dx`, `12345678\n`, "1234567\x01",
		"\x7f", "\xff\xfe", `\\`, `\"`, `a\/b`, strings.Repeat("x", 30),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, inner string) {
		text := `"` + inner + `"`
		var want string
		wantErr := json.Unmarshal([]byte(text), &want)
		for _, padding := range []string{"", strings.Repeat(" ", 3000)} { // short and long texts differ
			s := jsonscan.New([]byte(text + padding))
			got, err := s.String()
			if err == nil {
				err = s.End()
			}
			if (err == nil) != (wantErr == nil) || err == nil && got != want {
				t.Fatalf("String(%s) = %q, %v, want %q, %v", text, got, err, want, wantErr)
			}
		}
	})
}
