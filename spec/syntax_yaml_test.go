package spec

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// lenientYAML are texts that PyYAML refuses and we read, with the reason.
var lenientYAML = map[string]string{
	"a:\tb": "YAML allows a tab between a key and its value, as the library does; it cannot be misread",
}

// TestYAMLLikePyYAML reads what PyYAML's safe loader was given and compares what it made of it.
func TestYAMLLikePyYAML(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../shared/reference/pyfidelity_cases.json")
	if err != nil {
		t.Skip("the shared reference is not there")
	}
	var file struct {
		Cases []struct {
			Kind, Src, Want string
			Error           bool
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, c := range file.Cases {
		if c.Kind != "yaml" {
			continue
		}
		count++
		fs := &findings{}
		tr := parseYAML("", c.Src, fs)
		switch {
		case lenientYAML[c.Src] != "":
			if tr == nil {
				t.Errorf("parseYAML(%q): %v", c.Src, fs.result())
			}
		case c.Error && tr != nil:
			t.Errorf("parseYAML(%q) = %s, want an error", c.Src, likePython(tr, tr.root))
		case !c.Error && tr == nil:
			t.Errorf("parseYAML(%q): %v", c.Src, fs.result())
		case !c.Error:
			if got := likePython(tr, tr.root); got != c.Want {
				t.Errorf("parseYAML(%q) = %s, want %s", c.Src, got, c.Want)
			}
		}
	}
	t.Logf("%d cases", count)
}

// likePython writes a node as the cases do: JSON with what JSON lacks as texts.
func likePython(t *tree, n *node) string {
	switch n.kind {
	case floatNode:
		f, _ := strconv.ParseFloat(n.text, 64)
		text := strings.NewReplacer("Infinity", "inf", "NaN", "nan").Replace(string(value.AppendFloat(nil, f)))
		return quoteASCII("FLOAT:" + text)
	case dateNode:
		return quoteASCII("DATE:" + n.text)
	case binaryNode:
		data, _ := base64.StdEncoding.DecodeString(n.text)
		return quoteASCII("BYTES:" + string(data))
	case stringNode:
		return quoteASCII(n.text)
	case listNode:
		var items []string
		for i := range t.children(n) {
			items = append(items, likePython(t, &t.children(n)[i]))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case objectNode:
		var members []string
		for i := range t.children(n) {
			child := &t.children(n)[i]
			members = append(members, keyLikePython(child)+": "+likePython(t, child))
		}
		return "{" + strings.Join(members, ", ") + "}"
	default:
		return t.value(n).String()
	}
}

func keyLikePython(n *node) string {
	switch n.keyKind {
	case intNode:
		return quoteASCII("INT:" + n.key)
	case boolNode:
		return quoteASCII("BOOL:" + strings.ToUpper(n.key[:1]) + n.key[1:])
	default:
		return quoteASCII(n.key)
	}
}

func quoteASCII(s string) string {
	var b strings.Builder
	for _, r := range string(value.AppendQuoted(nil, s)) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

// TestYAMLWritten reads back what is written for texts, numbers and keys that YAML could take for something else, or
// could not hold as they are.
func TestYAMLWritten(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", " ", "a", "a b", "yes", "No", "y", "null", "~", "12", "012", "0o7", "0x1F", "1_000", "1e3", "1.5", ".5", "12:30:45",
		"2024-01-02", "=", "<<", "a: b", "a:", "a #b", "#a", "- a", "-", "---", "...", "?", "? a", "[a]", "{a}", "{{ x }}", "*a", "&a",
		"!a", "%a", "@a", "`a", "|", ">", "'a'", `"a"`, "a'b", `a"b`, "a\\b", "a\nb", "a\n", "a\n\n", "\na", " a\nb", "a\n b", "a \nb",
		"a\tb", "\ta", "a\r\nb", "a\x00b", "\x7f", "é", "日本", "\u0085", "\u2028", "\ufeff", "\U0001F600", "a,b", "a, b", "key with: colon",
		strings.Repeat("long ", 400), strings.Repeat("k", 2000), "\n", "\n\n", "trailing ", "a\n\nb\n", "#\nb", "a\n  ", "true", "inf", ".inf",
	}
	values := []value.Value{
		value.Null, value.Bool(true), value.Int(-5), value.Float(1), value.Float(1e100), value.Float(-1e-7), value.Float(0.1),
		value.List(), value.Obj(), value.List(value.List(value.List(value.Int(1)), value.Obj()), value.Null),
		value.List(value.Obj(value.Member{Key: "a", Value: value.List(value.Obj(value.Member{Key: "b", Value: value.Null}))})),
	}
	for _, text := range texts {
		v := value.String(text)
		values = append(values, v, value.List(v, value.List(v)), value.Obj(
			value.Member{Key: text, Value: v},
			value.Member{Key: "in", Value: value.Obj(value.Member{Key: "in", Value: value.List(v)}, value.Member{Key: text, Value: v})},
		))
	}
	for _, v := range values {
		text := string(appendYAML(nil, v))
		fs := &findings{}
		tr := parseYAML("", text, fs)
		if tr == nil {
			t.Errorf("%v is written as %q: %v", v, text, fs.result())
			continue
		}
		if got := tr.value(tr.root); !value.Equal(got, v) {
			t.Errorf("%v is written as %q, which is read as %v", v, text, got)
		}
	}
}
