package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// foundBySpec gives, for the invalid documents that loading refuses, the finding that says why.
var foundBySpec = map[string]string{
	"ours/api_headers_overlap.yaml":      "bad-value",
	"ours/bad_version.yaml":              codeVersion,
	"ours/circular_reference.yaml":       codeReferenceCycle,
	"ours/missing_component_type.yaml":   codeNotComponent,
	"ours/missing_name.yaml":             codeMissingField,
	"ours/missing_reference.yaml":        codeUnknownReference,
	"ours/missing_required_field.yaml":   codeMissingField,
	"ours/property_bad_default.yaml":     codeBadProperty,
	"ours/property_bad_schema.yaml":      codeBadProperty,
	"ours/property_bad_title.yaml":       codeBadProperty,
	"ours/property_without_title.yaml":   codeBadProperty,
	"ours/root_not_a_component.yaml":     codeNotComponent,
	"ours/stdio_transport_blocked.yaml":  codeBlocked,
	"ours/unknown_component_type.yaml":   codeUnknownType,
	"ours/version_too_old_for_node.yaml": codeVersion,
	"pyagentspec-tests/example_serialized_llm_node_as_nested_reference_with_incorrect_version.yaml": codeVersion,
	"pyagentspec-tests/flow_with_multiple_levels_of_references_with_repeated_key.yaml":              codeDuplicateID,
	"pyagentspec-tests/self_referencing_flow.yaml":                                                  codeReferenceCycle,
}

// foundByProgram are the invalid documents whose components are well-formed each by itself: package program says what
// is wrong with how they fit together, and tests it.
var foundByProgram = []string{
	"ours/api_templated_host.yaml",
	"ours/branches_do_not_match.yaml",
	"ours/catch_exception_without_defaults.yaml",
	"ours/control_edge_to_foreign_node.yaml",
	"ours/data_edge_bad_type.yaml",
	"ours/data_edge_from_foreign_node.yaml",
	"ours/data_edge_unknown_input.yaml",
	"ours/data_edge_unknown_output.yaml",
	"ours/duplicate_branch_edges.yaml",
	"ours/duplicate_inputs.yaml",
	"ours/edge_into_start.yaml",
	"ours/edge_out_of_end.yaml",
	"ours/end_outputs_conflicting_types.yaml",
	"ours/end_without_incoming.yaml",
	"ours/flow_output_not_in_all_ends.yaml",
	"ours/no_end_node.yaml",
	"ours/node_inputs_extra.yaml",
	"ours/node_inputs_missing_placeholder.yaml",
	"ours/parallel_conflicting_inputs.yaml",
	"ours/parallel_same_output.yaml",
	"ours/parallel_yielding_subflow.yaml",
	"ours/required_input_missing.yaml",
	"ours/start_node_not_in_nodes.yaml",
	"ours/start_with_two_edges.yaml",
	"ours/start_without_edge.yaml",
	"ours/template_syntax_error.yaml",
	"ours/two_start_nodes.yaml",
	"ours/undeclared_variable.yaml",
	"ours/unknown_branch.yaml",
	"ours/unreachable_node.yaml",
}

// harmless are the documents that load with a warning of this code.
var harmless = map[string]string{
	"pyagentspec-tests/example_serialized_llm_node_with_misplaced_agentspec_version.yaml": codeLegacy,
}

// TestConformanceInvalid refuses the invalid documents that are the business of this package, and says where.
func TestConformanceInvalid(t *testing.T) {
	cases := conformanceCases(t, "agentspec_invalid")
	refused, left, warned := 0, 0, 0
	for _, c := range cases {
		name := strings.TrimPrefix(c.File, "agentspec_invalid/")
		doc, err := Load(c.read(t, c.File), &LoadOptions{File: c.File})
		switch want := foundBySpec[name]; {
		case want != "":
			refused++
			checkFinding(t, name, err, want)
		case harmless[name] != "":
			warned++
			if err != nil || !hasCode(doc.Warnings, harmless[name]) {
				t.Errorf("Load(%s): %v, want a warning %s", name, err, harmless[name])
			}
		case slices.Contains(foundByProgram, name):
			left++
			if err != nil {
				t.Errorf("Load(%s): %v, want it to be left to package program", name, err)
			}
		default:
			t.Errorf("%s is in none of the lists of this test", name)
		}
	}
	fmt.Printf("conformance: of %d invalid documents %d are refused when loading, %d are left to package program, %d are harmless\n",
		len(cases), refused, left, warned)
}

// checkFinding checks that err has a finding of that code with a position.
func checkFinding(t *testing.T, name string, err error, code string) {
	t.Helper()
	var findings Diagnostics
	if !errors.As(err, &findings) {
		t.Errorf("Load(%s) = %v, want a finding %s", name, err, code)
		return
	}
	if !hasCode(findings, code) {
		t.Errorf("Load(%s):\n%v\nwant a finding %s", name, err, code)
	}
	for _, d := range findings {
		if d.Pos.Line == 0 || d.Pos.File == "" {
			t.Errorf("Load(%s): no position: %v", name, d)
		}
	}
}

func hasCode(findings Diagnostics, code string) bool {
	return slices.ContainsFunc(findings, func(d Diagnostic) bool { return d.Code == code })
}
