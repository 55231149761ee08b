package jinja_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/wayflow-go/wayflow/prompt/jinja"
	"github.com/wayflow-go/wayflow/value"
)

// classOf returns the Python exception class of an error of this package.
func classOf(err error) string {
	if e, ok := errors.AsType[*jinja.SyntaxError](err); ok {
		return e.Class
	}
	if e, ok := errors.AsType[*jinja.RenderError](err); ok {
		return e.Class
	}
	return ""
}

// render parses and renders with the values of an object.
func render(template string, inputs value.Value, partial bool) (string, error) {
	t, err := jinja.Parse(template)
	if err != nil {
		return "", err
	}
	vars, _ := inputs.AsObject()
	if partial {
		return t.RenderPartial(vars)
	}
	return t.RenderObject(vars)
}

// referenceCases is the file of templates with the reference's answers; it lies beside the project, not in it.
const referenceCases = "../../../shared/reference/jinja_cases.json"

func TestReferenceCases(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.FromSlash(referenceCases))
	if err != nil {
		t.Skipf("the reference's cases are not here: %v", err)
	}
	var file struct {
		Cases []struct {
			ID       int         `json:"id"`
			Template string      `json:"template"`
			Inputs   value.Value `json:"inputs"`
			Partial  bool        `json:"partial"`
			Want     string      `json:"want"`
			Error    string      `json:"error"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		got, err := render(c.Template, c.Inputs, c.Partial)
		if class := classOf(err); class != c.Error || got != c.Want {
			t.Errorf("case %d: render(%q, %v) = %q, %v (%s), want %q, %s",
				c.ID, c.Template, c.Inputs, got, err, class, c.Want, c.Error)
		}
	}
}
