package main

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// sarifEssentials is the part of the schema of SARIF 2.1.0 that is about what we write.
const sarifEssentials = `{
  "type": "object", "required": ["version", "runs"], "additionalProperties": false,
  "properties": {
    "$schema": {"type": "string", "format": "uri"},
    "version": {"enum": ["2.1.0"]},
    "runs": {"type": "array", "items": {
      "type": "object", "required": ["tool"], "additionalProperties": false,
      "properties": {
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "tool": {"type": "object", "required": ["driver"], "additionalProperties": false, "properties": {"driver": {
          "type": "object", "required": ["name"], "additionalProperties": false,
          "properties": {
            "name": {"type": "string"}, "version": {"type": "string"}, "informationUri": {"type": "string", "format": "uri"},
            "rules": {"type": "array", "uniqueItems": true, "items": {
              "type": "object", "required": ["id", "help"], "additionalProperties": false,
              "properties": {
                "id": {"type": "string"}, "helpUri": {"type": "string", "format": "uri"},
                "shortDescription": {"$ref": "#/$defs/message"}, "help": {"$ref": "#/$defs/message"}
              }
            }}
          }
        }}},
        "results": {"type": "array", "items": {
          "type": "object", "required": ["message", "ruleId", "ruleIndex", "locations"], "additionalProperties": false,
          "properties": {
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0},
            "level": {"enum": ["none", "note", "warning", "error"]},
            "message": {"$ref": "#/$defs/message"},
            "locations": {"type": "array", "items": {
              "type": "object", "additionalProperties": false,
              "properties": {
                "physicalLocation": {"type": "object", "required": ["artifactLocation"], "additionalProperties": false, "properties": {
                  "artifactLocation": {"type": "object", "required": ["uri"], "properties": {"uri": {"type": "string", "format": "uri-reference"}}},
                  "region": {"type": "object", "additionalProperties": false, "required": ["startLine"], "properties": {
                    "startLine": {"type": "integer", "minimum": 1}, "startColumn": {"type": "integer", "minimum": 1}}}
                }},
                "logicalLocations": {"type": "array", "items": {"type": "object", "additionalProperties": false,
                  "properties": {"name": {"type": "string"}, "kind": {"type": "string"}}}}
              }
            }}
          }
        }}
      }
    }}
  },
  "$defs": {"message": {"type": "object", "required": ["text"], "additionalProperties": false,
    "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}}}}
}`

func TestSarifIsWellFormed(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(sarifEssentials)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	r := &validation{}
	for _, path := range []string{"testdata/flows/broken.yaml", "testdata/flows/hello.yaml", "no such: file%.yaml", "/no/such/file.yaml"} {
		r.check(&documentFlags{}, path)
	}
	log, err := jsonschema.UnmarshalJSON(bytes.NewReader(value.AppendJSON(nil, r.sarif())))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(log); err != nil {
		t.Error(err)
	}
}

// TestSarifNamesEveryRule checks that each code has a rule, and that results point to theirs.
func TestSarifNamesEveryRule(t *testing.T) {
	t.Parallel()
	r := &validation{}
	var findings spec.Diagnostics
	for _, section := range codeSections {
		for _, c := range section.codes {
			findings = append(findings, spec.Diagnostic{Code: c.name, Message: c.means})
		}
	}
	r.files = []checkedFile{{"all.yaml", findings}}
	log, _ := r.sarif().AsObject()
	runs, _ := log.Get("runs")
	list, _ := runs.AsList()
	run, _ := list[0].AsObject()
	results, _ := run.Get("results")
	items, _ := results.AsList()
	for i, item := range items {
		o, _ := item.AsObject()
		index, ok := o.Get("ruleIndex")
		if n, _ := index.AsInt(); !ok || int(n) != i {
			t.Errorf("the result of %q points to rule %v, want %d", findings[i].Code, index, i)
		}
	}
}

func TestFileURI(t *testing.T) {
	t.Parallel()
	tests := []struct{ file, want string }{
		{"flow.yaml", "flow.yaml"},
		{"flows/my flow.yaml", "flows/my%20flow.yaml"},
		{"a:b.yaml", "./a:b.yaml"},
		{"<stdin>", "%3Cstdin%3E"},
		{"/tmp/flow.yaml", "file:///tmp/flow.yaml"},
	}
	for _, tt := range tests {
		if got := fileURI(tt.file); got != tt.want {
			t.Errorf("fileURI(%q) = %q, want %q", tt.file, got, tt.want)
		}
	}
}
