package program_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
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

// refusedHere are valid documents that do not compile, with what is wrong with each: the reference refuses them too when it
// converts them (W).
var refusedHere = map[string]string{
	"agentspec-docs/ext_ops_assistant_tutorial_flow.json":                "input-not-fed",
	"agentspec-docs/ext_ops_assistant_tutorial_flow.yaml":                "input-not-fed",
	"agentspec-docs/howto_parallelflownode.json":                         "input-not-fed",
	"agentspec-docs/howto_parallelflownode.yaml":                         "input-not-fed",
	"pyagentspec-tests/example_serialized_flow_executing_agent.yaml":     "input-not-fed",
	"pyagentspec-tests/example_serialized_flow_with_branching_node.yaml": "unknown-branch",
	"pyagentspec-tests/flow_with_all_references_at_root.yaml":            "duplicate-branch-edge input-not-fed",
	"pyagentspec-tests/flow_with_multiple_levels_of_references.yaml":     "input-not-fed",
	"pyagentspec-tests/serialized_flow_with_inlined_components.yaml":     "input-not-fed",
}

// isCompanion reports whether a document is the companion of a disaggregated one.
func (e *entry) isCompanion() bool { return strings.Contains(e.File, "_component_config") }

// TestConformanceValid compiles every valid document.
func TestConformanceValid(t *testing.T) {
	compiled, companions, refused := 0, 0, 0
	for _, e := range readIndex(t) {
		name, valid := strings.CutPrefix(e.File, "agentspec_valid/")
		if !valid {
			continue
		}
		if e.isCompanion() {
			loadCompanion(t, e)
			companions++
			continue
		}
		err := load(t, e)
		if want, ok := refusedHere[name]; ok {
			if got := errorCodes(t, err); got != want {
				t.Errorf("%s: the errors are %q, want %q", name, got, want)
			}
			refused++
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		compiled++
	}
	if refused != len(refusedHere) {
		t.Errorf("%d documents are refused, want all %d that are listed", refused, len(refusedHere))
	}
	t.Logf("%d valid documents compile, %d companions load, %d are refused as in the reference", compiled, companions, refused)
}

// loadCompanion reads the components that another document refers to.
func loadCompanion(t *testing.T, e entry) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(conformance, e.File))
	if err != nil {
		t.Fatal(err)
	}
	components, err := spec.LoadComponents(data, &spec.LoadOptions{File: e.File})
	if err != nil || len(components) == 0 {
		t.Errorf("%s: it has %d components, %v", e.File, len(components), err)
	}
}

// errorCodes are the codes of the errors, sorted.
func errorCodes(t *testing.T, err error) string {
	t.Helper()
	var found []string
	for _, d := range diagnostics(t, err) {
		if d.Severity == spec.Error && !slices.Contains(found, d.Code) {
			found = append(found, d.Code)
		}
	}
	slices.Sort(found)
	return strings.Join(found, " ")
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
		findings, ok := errors.AsType[spec.Diagnostics](err)
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
