// Package difftest compares the engine with the Python reference on random templates.
package difftest

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

var (
	count = flag.Int("templates", 1000, "how many templates to compare")
	seed  = flag.Int("seed", 1, "where the random templates start")
	show  = flag.Int("show", 20, "how many disagreements to print")
)

// pythonVar names the environment variable that holds the Python interpreter of a venv with wayflowcore 26.3.1.
const pythonVar = "WAYFLOW_REFERENCE_PYTHON"

// comparison is a line of oracle.py.
type comparison struct {
	N         int             `json:"n"`
	Template  string          `json:"template"`
	Inputs    json.RawMessage `json:"inputs"`
	Partial   bool            `json:"partial"`
	Want      string          `json:"want"`
	Error     string          `json:"error"`
	Message   string          `json:"message"`
	Variables [][]any         `json:"variables"`
}

var address = regexp.MustCompile(`(?i)0x[0-9a-f]{6,}`)

// result is what our engine makes of a template.
type result struct {
	text, class, bound string
	err                error
	variables          [][]any
}

func run(c comparison) result {
	var inputs value.Value
	inputs, err := value.ParseJSON(c.Inputs)
	if err != nil {
		return result{err: err, class: "bad inputs"}
	}
	t, err := jinja.Parse(c.Template)
	if err != nil {
		return failed(err)
	}
	object, _ := inputs.AsObject()
	var text string
	if c.Partial {
		text, err = t.RenderPartial(object)
	} else {
		text, err = t.RenderObject(object)
	}
	r := result{text: address.ReplaceAllString(text, "0xADDR")}
	if err != nil {
		r = failed(err)
	}
	r.variables = [][]any{}
	for _, v := range t.Variables() {
		r.variables = append(r.variables, []any{v.Name, v.Text, v.Optional})
	}
	return r
}

func failed(err error) result {
	if e, ok := errors.AsType[*jinja.SyntaxError](err); ok {
		return result{err: err, class: e.Class}
	}
	if e, ok := errors.AsType[*jinja.RenderError](err); ok {
		return result{err: err, class: e.Class, bound: e.Bound}
	}
	return result{err: err, class: "?"}
}

// explained names the reason for a disagreement that is meant to be (see the package comment of jinja), or returns "".
func explained(c comparison, r result) string {
	switch {
	case r.bound != "":
		return "bound " + r.bound
	case c.Error == "RecursionError" || c.Error == "MemoryError":
		return "the reference runs out of " + c.Error
	case strings.Contains(c.Template, "random"):
		return "random draws"
	case c.Error == "NameError":
		return "the reference cannot write infinities"
	}
	return ""
}

func TestDifferential(t *testing.T) {
	python := os.Getenv(pythonVar)
	if python == "" {
		t.Skipf("set %s to compare with the Python reference", pythonVar)
	}
	cmd := exec.Command(python, "oracle.py", strconv.Itoa(*count), strconv.Itoa(*seed))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reasons, compared, rendered, wrong := map[string]int{}, 0, 0, 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var c comparison
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		r := run(c)
		compared++
		if c.Error == "" {
			rendered++
		}
		same := r.class == c.Error && r.text == c.Want
		if same && (c.Variables == nil || reflect.DeepEqual(r.variables, c.Variables)) {
			continue
		}
		if reason := explained(c, r); reason != "" {
			if reasons[reason]++; reasons[reason] <= 2 {
				t.Logf("%s: %q, inputs %s: %v, reference %s", reason, c.Template, c.Inputs, r.err, c.Error)
			}
			continue
		}
		if wrong++; wrong <= *show {
			t.Errorf("template %d: %q partial=%v\ninputs %s\n got %q, %v (%s) %v\nwant %q, %s: %s %v", c.N, c.Template,
				c.Partial, c.Inputs, r.text, r.err, r.class, r.variables, c.Want, c.Error, c.Message, c.Variables)
		}
	}
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		t.Error(err)
	}
	t.Logf("%d templates compared, %d of them rendered, %d unexplained disagreements, explained: %v",
		compared, rendered, wrong, reasons)
	if wrong > 0 {
		t.Fail()
	}
}
