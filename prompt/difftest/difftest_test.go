// Package difftest compares what becomes of answers and messages with the Python reference, on random texts.
package difftest

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

var (
	count = flag.Int("texts", 500, "how many texts of each kind to compare")
	seed  = flag.Uint64("seed", 1, "where the random texts start")
	show  = flag.Int("show", 10, "how many disagreements of each kind to print")
)

// pythonVar names the environment variable that holds the Python interpreter of a venv with wayflowcore 26.3.1.
const pythonVar = "WAYFLOW_REFERENCE_PYTHON"

// ask returns what the reference makes of questions.
func ask(t *testing.T, questions []value.Value) []value.Value {
	t.Helper()
	python := os.Getenv(pythonVar)
	if python == "" {
		t.Skipf("set %s to the python of a venv with wayflowcore 26.3.1", pythonVar)
	}
	var in bytes.Buffer
	for _, q := range questions {
		in.WriteString(value.Text(q) + "\n")
	}
	cmd := exec.CommandContext(t.Context(), python, "-W", "ignore", "oracle.py")
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v\n%s", err, stderr.String())
	}
	var answers []value.Value
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		v, err := value.ParseJSON(lines.Bytes())
		if err != nil {
			v = value.String("not JSON: " + lines.Text())
		}
		answers = append(answers, v)
	}
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions\n%s", len(answers), len(questions), stderr.String())
	}
	return answers
}

// unjsonable is what the oracle says instead of values that JSON does not have, such as bytes.
const unjsonable = "unjsonable"

func object(pairs ...any) value.Value {
	var b value.ObjectBuilder
	for i := 0; i < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case string:
			b.Set(pairs[i].(string), value.String(v))
		case value.Value:
			b.Set(pairs[i].(string), v)
		}
	}
	return b.Value()
}

// compare asks the reference what it makes of texts; at most tolerated of a thousand may differ, where the reference's
// own answer is an accident.
func compare(t *testing.T, kind string, texts []string, tolerated int, ours func(text string) value.Value) {
	t.Helper()
	questions := make([]value.Value, len(texts))
	for i, text := range texts {
		questions[i] = object("kind", kind, "text", text)
	}
	differ := 0
	for i, want := range ask(t, questions) {
		if want.Str() == unjsonable {
			continue
		}
		if got := ours(texts[i]); !value.Equal(got, want) {
			if differ++; differ <= *show {
				t.Logf("%s of %q\n got  %s\n want %s", kind, texts[i], got, want)
			}
		}
	}
	t.Logf("%s: %d of %d differ", kind, differ, len(texts))
	if differ*1000 > tolerated*len(texts) {
		t.Errorf("%s: %d of %d differ, more than %d of a thousand", kind, differ, len(texts), tolerated)
	}
}

func found(format prompt.CallFormat) func(string) value.Value {
	return func(text string) value.Value {
		thought, calls := format.Calls(text)
		if calls == nil {
			thought = ""
		}
		items := make([]value.Value, len(calls))
		for i, c := range calls {
			items[i] = object("name", c.Name, "args", c.Args.Of())
		}
		return object("thought", thought, "calls", value.List(items...))
	}
}

func texts(text func(r *rand.Rand) string) []string {
	r := rand.New(rand.NewPCG(*seed, 2))
	out := make([]string, *count)
	for i := range out {
		out[i] = text(r)
	}
	return out
}

func TestPythonCalls(t *testing.T) {
	t.Parallel()
	compare(t, "python", texts(pythonText), 10, found(prompt.PythonCalls{}))
}

func TestJSONCalls(t *testing.T) {
	t.Parallel()
	compare(t, "json", texts(callsText), 30, found(prompt.JSONCalls{}))
}

func TestReactCalls(t *testing.T) {
	t.Parallel()
	compare(t, "react", texts(reactText), 30, found(prompt.ReactCalls{}))
}

func TestThoughtCalls(t *testing.T) {
	t.Parallel()
	compare(t, "thought", texts(callsText), 30, found(prompt.ThoughtJSONCalls{}))
}

func pick(r *rand.Rand, options ...string) string { return options[r.IntN(len(options))] }

// pythonText is mostly Python.
func pythonText(r *rand.Rand) string {
	calls := make([]string, 1+r.IntN(3))
	for i := range calls {
		calls[i] = pythonCall(r, 0)
	}
	switch r.IntN(8) {
	case 0:
		return calls[0]
	case 1:
		return strings.Join(calls, "\n")
	case 2:
		return strings.Join(calls, "; ")
	case 3:
		return "x = " + calls[0]
	case 4:
		text := "[" + strings.Join(calls, ", ") + "]"
		i := r.IntN(len(text))
		return text[:i] + pick(r, "", " ", "(", ")", ",", "\"", "\n", "#") + text[i:]
	default:
		return "[" + strings.Join(calls, ", ") + "]"
	}
}

func pythonCall(r *rand.Rand, depth int) string {
	args := make([]string, r.IntN(4))
	for i := range args {
		args[i] = pythonExpr(r, depth+1)
		if r.IntN(5) > 0 {
			args[i] = pick(r, "a", "b", "city", "n_1", "größe") + pick(r, "=", " = ") + args[i]
		}
	}
	return pick(r, "f", "get_weather", "tools.search", "g2") + "(" + strings.Join(args, pick(r, ",", ", ", ",\n  ")) + pick(r, "", "", "", ",") + ")"
}

func pythonExpr(r *rand.Rand, depth int) string {
	if depth > 3 {
		return pythonAtom(r)
	}
	e := func() string { return pythonExpr(r, depth+1) }
	switch r.IntN(22) {
	case 0:
		return "[" + e() + ", " + e() + "]"
	case 1:
		return "{" + e() + ": " + e() + ", 'k': " + e() + "}"
	case 2:
		return "(" + e() + pick(r, "", ",", ", 1") + ")"
	case 3:
		return e() + pick(r, " + ", "-", " * ", "/", " // ", " % ", " ** ", " | ", " & ", " ^ ", " << ", "@") + e()
	case 4:
		return pick(r, "-", "+", "~", "not ") + e()
	case 5:
		return e() + pick(r, " < ", " == ", " != ", " in ", " not in ", " is ", " is not ", " >= ") + e()
	case 6:
		return e() + pick(r, " and ", " or ") + e()
	case 7:
		return pythonAtom(r) + " if x else " + e()
	case 8:
		return pythonCall(r, depth)
	case 9:
		return pick(r, "x", "self") + "[" + pick(r, e(), e()+":"+e(), ":", "::2", "1:2, 3") + "]"
	case 10:
		return "x." + pick(r, "y", "z.w")
	case 11:
		return pick(r, "[i for i in "+e()+"]", "{i: 1 for i in x if i}", "{i for i, j in x}", "lambda x, y=1: "+e(), "{1, 2}", "[*x, 1]", "{**x}")
	default:
		return pythonAtom(r)
	}
}

func pythonAtom(r *rand.Rand) string {
	return pick(r, "1", "-2", "3.50", "1e10", "0x1F", "1_000", "True", "False", "None", "...", "x", "name_of",
		`"Zürich"`, `'it\'s'`, `"a" "b"`, `'''long
text'''`, `"tab\tand\u00e9"`, `r"\d+"`, `""`, `f"{x}"`, `b"x"`, `"say \"hi\""`, `"'"`, `2j`, `"\x41\101"`)
}

// callsText is mostly JSON.
func callsText(r *rand.Rand) string {
	calls := make([]string, 1+r.IntN(3))
	for i := range calls {
		calls[i] = jsonCall(r)
	}
	text := strings.Join(calls, ", ")
	if len(calls) > 1 || r.IntN(3) == 0 {
		text = "[" + text + "]"
	}
	switch r.IntN(6) {
	case 0:
		text = "I call it now. " + text
	case 1:
		text = "```json\n" + text + "\n```"
	case 2:
		text = text[:len(text)-r.IntN(3)]
	case 3:
		text = strings.ReplaceAll(text, `"`, "'")
	}
	return text
}

func jsonCall(r *rand.Rand) string {
	args := pick(r, `{}`, `{"a": 1}`, `{"city": "Zürich", "days": [1, 2]}`, `{"x": {"y": null}, "z": true}`, `{"code": "print(1)\n2"}`, `"none"`, `{"a": 1.5,}`)
	return pick(r, `{"name": "f", "parameters": `+args+`}`, `{"parameters": `+args+`, "name": "get_weather"}`,
		`{"name": "g", "parameters": `+args+`, "why": "because"}`, `{"name": "h"}`, `{"name": "f","parameters":`+args+`}`, `{"answer": 5}`)
}

func reactText(r *rand.Rand) string {
	call := jsonCall(r)
	return pick(r, "", "## Thought: I look it up\n", "I look it up\n") +
		pick(r, "## Action:\n", "## Action:", "", "## Action:\n## Action:\n") +
		pick(r, "```json\n"+call+"\n```", "```\n"+call+"\n```", call, "```json\n"+call, "```json\n"+call+"\n```\n```json\n"+call+"\n```") +
		pick(r, "", "\n## Observation: it rains", "\nThat is all")
}

// TestArguments compares how arguments are made to fit.
func TestArguments(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(*seed, 3))
	schemas := []string{
		`{"type": "string"}`, `{"type": "integer"}`, `{"type": "number"}`, `{"type": "boolean"}`,
		`{"type": "array", "items": {"type": "integer"}}`, `{"type": "array", "items": {"type": "string"}}`,
		`{"type": "object", "additionalProperties": {"type": "number"}}`,
		`{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}}}`,
		`{"anyOf": [{"type": "integer"}, {"type": "string"}]}`, `{"anyOf": [{"type": "number"}, {"type": "boolean"}]}`,
		`{"type": "integer", "default": null}`,
	}
	values := []string{
		`1`, `-3`, `2.7`, `true`, `false`, `"5"`, `"x"`, `"yes"`, `"2.5"`, `" 7 "`, `[1, "2"]`, `["a"]`, `[]`, `{}`, `{"a": "1", "c": 3}`,
		`"[1, 2]"`, `"{\"a\": 2}"`, `"1_0"`, `""`, `"true"`,
	}
	var questions, ours []value.Value
	for range *count {
		schema, given := parse(t, pick(r, schemas...)), parse(t, pick(r, values...))
		o, _ := schema.AsObject()
		p, err := value.ParseProperty(o.With("title", value.String("x")).Of())
		if err != nil {
			t.Fatal(err)
		}
		args := value.NewObject(value.Member{Key: "x", Value: given}, value.Member{Key: "other", Value: value.Int(1)})
		questions = append(questions, object("kind", "arguments", "args", args.Of(), "schema", object("x", schema)))
		ours = append(ours, prompt.Arguments(args, []value.Property{p}).Of())
	}
	differ := 0
	for i, want := range ask(t, questions) {
		if !value.Equal(ours[i], want) && !accident(questions[i]) {
			differ++
			t.Errorf("arguments %s\n got  %s\n want %s", questions[i], ours[i], want)
		}
	}
}

// accident reports whether the reference makes something of an argument that no one can want: it writes booleans, lists
// and objects as Python has them where a text is wanted, and takes apart what is no list where a list is wanted.
func accident(question value.Value) bool {
	given, schema := question.Get("args").Get("x"), question.Get("schema").Get("x")
	text, isText := given.AsString()
	isList := given.Kind() == value.KindList
	if isText {
		isList = prompt.Repair(text).Kind() == value.KindList
	}
	switch schema.Get("type").Str() {
	case "string":
		return !isText
	case "array":
		items, _ := given.AsList()
		return !isList || schema.Get("items").Get("type").Str() == "string" && len(items) > 0 && items[0].Kind() != value.KindString
	case "object":
		return isText && prompt.Repair(text).Kind() != value.KindObject
	case "":
		return !isText && given.Kind() != value.KindInt && given.Kind() != value.KindFloat
	}
	return false
}

func parse(t *testing.T, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTransforms compares what becomes of conversations.
func TestTransforms(t *testing.T) {
	t.Parallel()
	kinds := map[string]prompt.Pure{
		"llama": prompt.MergeCalls(prompt.JSONCalls{}), "pythonic": prompt.MergeCalls(prompt.PythonCalls{}), "canonical": prompt.Canonical,
	}
	for _, kind := range []string{"llama", "pythonic", "canonical"} {
		r := rand.New(rand.NewPCG(*seed, 4))
		var questions, ours []value.Value
		for range *count {
			messages := talk(r)
			questions = append(questions, object("kind", kind, "messages", shown(messages)))
			got, err := kinds[kind](messages)
			if err != nil {
				ours = append(ours, value.String("error"))
				continue
			}
			ours = append(ours, shown(got))
		}
		for i, want := range ask(t, questions) {
			if !value.Equal(ours[i], want) {
				t.Errorf("%s of %s\n got  %s\n want %s", kind, questions[i].Get("messages"), ours[i], want)
				break
			}
		}
	}
}

func talk(r *rand.Rand) []message.Message {
	var out []message.Message
	id := 0
	for range r.IntN(7) {
		switch r.IntN(5) {
		case 0:
			out = append(out, message.Text(message.System, pick(r, "be kind", "be good")))
		case 1, 2:
			out = append(out, message.Text(message.User, pick(r, "hello", "bye")))
		case 3:
			out = append(out, message.Text(message.Assistant, pick(r, "hi", "well")))
		case 4:
			m := message.Text(message.Assistant, pick(r, "", "I look"))
			if m.Text() == "" {
				m.Contents = nil
			}
			for range 1 + r.IntN(3) {
				id++
				args := object("city", pick(r, "Zürich", "it's <b>"), "n", value.Int(3), "l", value.List(value.Float(1.5), value.Null, value.Bool(true)))
				o, _ := args.AsObject()
				m.ToolRequests = append(m.ToolRequests, message.ToolRequest{ID: fmt.Sprint(id), Name: "f", Args: o})
			}
			out = append(out, m)
			for _, request := range m.ToolRequests {
				content := value.Value(value.String(pick(r, "sunny & <warm>", "é")))
				if r.IntN(2) == 0 {
					content = object("a", value.List(value.Int(1)))
				}
				if r.IntN(15) > 0 {
					out = append(out, message.Message{Role: message.User, ToolResult: &message.ToolResult{RequestID: request.ID, Content: content}})
				}
			}
		}
	}
	return out
}

func shown(messages []message.Message) value.Value {
	items := make([]value.Value, len(messages))
	for i := range messages {
		m := &messages[i]
		var parts []string
		for _, p := range m.Contents {
			parts = append(parts, p.Text)
		}
		o, _ := object("role", string(m.Role), "text", strings.Join(parts, "\n")).AsObject()
		if len(m.ToolRequests) > 0 {
			requests := make([]value.Value, len(m.ToolRequests))
			for j, r := range m.ToolRequests {
				requests[j] = object("name", r.Name, "args", r.Args.Of(), "id", r.ID)
			}
			o = o.With("requests", value.List(requests...))
		}
		if m.ToolResult != nil {
			o = o.With("result", object("content", m.ToolResult.Content, "id", m.ToolResult.RequestID))
		}
		items[i] = o.Of()
	}
	return value.List(items...)
}
