package program_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// conformance is the folder of real documents that may lie beside the project.
var conformance = filepath.Join("..", "..", "shared", "conformance")

// entry is a line of the folder's index, as far as this test reads it.
type entry struct {
	File                string   `json:"file"`
	NeedsComponentsFrom string   `json:"needs_components_from"`
	NeedsUnblocked      []string `json:"needs_unblocked"`
	NeedsValues         []string `json:"needs_values"`
}

func readIndex(t *testing.T) []entry {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(conformance, "index.json"))
	if err != nil {
		t.Skipf("skipped: no conformance documents beside the project: %v", err)
	}
	var entries []entry
	if err := json.Unmarshal(data, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// load reads a document of the folder and compiles it.
func load(t *testing.T, e entry) error {
	t.Helper()
	opts := &spec.LoadOptions{File: e.File, Values: map[string]value.Value{}}
	if e.NeedsUnblocked != nil && !strings.HasPrefix(e.File, "agentspec_invalid") {
		opts.Blocked = []string{}
	}
	if strings.Contains(e.File, "unknown_field") {
		opts.AllowUnknown = true
	}
	if e.NeedsComponentsFrom != "" {
		data, err := os.ReadFile(filepath.Join(conformance, e.NeedsComponentsFrom))
		if err != nil {
			t.Fatal(err)
		}
		components, err := spec.LoadComponents(data, &spec.LoadOptions{File: e.NeedsComponentsFrom})
		if err != nil {
			return err
		}
		opts.Components = components
	}
	data, err := os.ReadFile(filepath.Join(conformance, e.File))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := spec.Load(data, opts)
	if err != nil {
		return err
	}
	_, err = program.Compile(doc.Root)
	return err
}

// TestConformanceValid compiles every valid document.
func TestConformanceValid(t *testing.T) {
	compiled := 0
	for _, e := range readIndex(t) {
		if !strings.HasPrefix(e.File, "agentspec_valid/") {
			continue
		}
		if err := load(t, e); err != nil {
			t.Errorf("%s: %v", e.File, err)
			continue
		}
		compiled++
	}
	t.Logf("%d valid documents compile", compiled)
}

// harmless are documents of the folder of invalid ones that deserve a warning or depend on the load policy.
var harmless = []string{"misplaced_agentspec_version"}

// TestConformanceInvalid refuses every invalid document, with a place.
func TestConformanceInvalid(t *testing.T) {
	refused := 0
	for _, e := range readIndex(t) {
		if !strings.HasPrefix(e.File, "agentspec_invalid/") || strings.Contains(e.File, harmless[0]) {
			continue
		}
		err := load(t, e)
		findings, ok := err.(spec.Diagnostics)
		switch {
		case err == nil:
			t.Errorf("%s: no finding", e.File)
			continue
		case !ok:
			t.Errorf("%s: %v", e.File, err)
			continue
		}
		for _, d := range findings {
			if d.Severity == spec.Error && d.Pos.Line == 0 {
				t.Errorf("%s: finding without a place: %v", e.File, d)
			}
		}
		t.Logf("%s: %v", filepath.Base(e.File), err)
		refused++
	}
	t.Logf("%d invalid documents refused", refused)
}
