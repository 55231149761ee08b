package python

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

func TestParseReply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line string
		want       string // kind and JSON, or empty
	}{
		{"value", "7\tvalue\t[1,\"a\\tb\"]", "value [1,\"a\\tb\"]"},
		{"no JSON yet looked at", "7\terror\t{", "error {"},
		{"empty", "", ""},
		{"no kind", "7", ""},
		{"no JSON", "7\tvalue", ""},
		{"unknown kind", "7\tother\t1", ""},
		{"no number", "x\tvalue\t1", ""},
		{"negative", "-1\tvalue\t1", ""},
		{"too large", "18446744073709551616\tvalue\t1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := parseReply([]byte(tt.line))
			if tt.want == "" {
				if !errors.Is(err, errNoReply) {
					t.Errorf("parseReply(%q) = %v, %v, want an error", tt.line, r, err)
				}
				return
			}
			if got := r.kind + " " + string(r.json); err != nil || r.id != 7 || got != tt.want {
				t.Errorf("parseReply(%q) = %d %s, %v, want 7 %s", tt.line, r.id, got, err, tt.want)
			}
		})
	}
}

func TestReadLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	r := bufio.NewReaderSize(strings.NewReader("one\ntwo\r\n\n"+long+"\n"+long+long+"\nrest"), 16)
	for _, want := range []string{"one", "two", "", long} {
		if got, err := readLine(r, 150); err != nil || string(got) != want {
			t.Errorf("readLine() = %q, %v, want %q", got, err, want)
		}
	}
	if got, err := readLine(r, 150); !errors.Is(err, errLongLine) {
		t.Errorf("readLine() = %q, %v, want an error for its length", got, err)
	}
	r = bufio.NewReader(strings.NewReader("cut off"))
	if got, err := readLine(r, 150); !errors.Is(err, io.EOF) {
		t.Errorf("readLine() = %q, %v, want the end", got, err)
	}
}

func TestResult(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		reply reply
		want  string // the value or the message
		class string
	}{
		{"value", reply{1, replyValue, []byte(`{"b":1,"a":2.0}`)}, `{"b":1,"a":2.0}`, ""},
		{"marked", reply{1, replyMarked, []byte(`[{"$float":"NaN"},{"$object":{"$float":1}}]`)}, `[NaN,{"$float":1}]`, ""},
		{
			"error",
			reply{1, replyError, []byte(`{"class":"KeyError","ancestors":["LookupError"],"message":"'k'","stack":"s"}`)},
			"'k'", "KeyError",
		},
		{"error without a class", reply{1, replyError, []byte(`{}`)}, "the result cannot be read: an exception without a class: {}", "ValueError"},
		{
			"no JSON",
			reply{1, replyValue, []byte(`{`)},
			"the result cannot be read: invalid JSON at byte 1: the text ends where a string was expected", "ValueError",
		},
		{"reply of another kind", reply{1, replyReady, []byte(`1`)}, "the result cannot be read: this is no line of the protocol", "ValueError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := tt.reply.result("f")
			if e, ok := errors.AsType[*tool.Error](err); ok {
				if e.Class != tt.class || e.Message != tt.want {
					t.Errorf("result() = %s %q, want %s %q", e.Class, e.Message, tt.class, tt.want)
				}
				return
			}
			if err != nil || v.String() != tt.want || tt.class != "" {
				t.Errorf("result() = %s, %v, want %s", v, err, tt.want)
			}
		})
	}
}

func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		"1\tvalue\t{\"a\":[1,2.5,null]}", "2\tmarked\t{\"$float\":\"Infinity\"}", "3\terror\t{\"class\":\"E\",\"line\":3}",
		"0\tready\t{\"functions\":[{\"name\":\"f\",\"inputs\":[{\"title\":\"a\",\"type\":\"integer\",\"default\":1}],\"outputs\":[{}]}]}",
		"0\tfailed\t{\"class\":\"SyntaxError\",\"file\":\"f.py\",\"line\":1,\"message\":\"m\"}", "\t\t", "9\tvalue\t",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		line, err := readLine(bufio.NewReaderSize(strings.NewReader(string(data)+"\n"), 16), 1<<16)
		if err != nil {
			if len(data) < 1<<16 {
				t.Fatalf("readLine: %v", err)
			}
			return
		}
		r, err := parseReply(line)
		if err != nil {
			return
		}
		if _, err := r.result("f"); err != nil {
			if _, ok := errors.AsType[*tool.Error](err); !ok {
				t.Fatalf("result: %v is no *tool.Error", err)
			}
		}
		if functions, err := parseFunctions(r.json); err == nil {
			for _, fn := range functions {
				for _, p := range append(fn.spec.Inputs, fn.spec.Outputs...) {
					_ = p.Type.String()
				}
			}
		}
		_, _ = parseFault(r.json) // must not panic
	})
}

func TestCallLineIsOneLine(t *testing.T) {
	t.Parallel()
	args := value.NewObject(value.Member{Key: "a\tb\n", Value: value.String("c\td\r\n\u2028")})
	got := string(callLine(12, "f", "k\t\n", args))
	if want := "12\tcall\tf\t\"k\\t\\n\"\t{\"a\\tb\\n\":\"c\\td\\r\\n\u2028\"}\n"; got != want {
		t.Errorf("callLine = %q, want %q", got, want)
	}
}
