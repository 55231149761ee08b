package main

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
	projectURL   = "https://github.com/wayflow-go/wayflow"
	codesURL     = projectURL + "/blob/main/docs/diagnostics.md"
)

// sarif is the findings as a SARIF 2.1.0 log, which code scanning and editors read. It has a rule for each code that
// occurs, in the order of the documentation.
func (r *validation) sarif() value.Value {
	findings := r.findings()
	used := map[string]bool{}
	for i := range findings {
		used[findings[i].Code] = true
	}
	rules, index := sarifRules(used)
	results := make([]value.Value, len(findings))
	for i := range findings {
		results[i] = sarifResult(&findings[i], index)
	}
	driver := value.Obj(
		member("name", value.String("wayflow")),
		member("version", value.String(buildVersion())),
		member("informationUri", value.String(projectURL)),
		member("rules", value.List(rules...)),
	)
	return value.Obj(
		member("$schema", value.String(sarifSchema)),
		member("version", value.String(sarifVersion)),
		member("runs", value.List(value.Obj(
			member("tool", value.Obj(member("driver", driver))),
			member("columnKind", value.String("unicodeCodePoints")),
			member("results", value.List(results...)),
		))),
	)
}

// sarifRules describes the codes that occur, and says where in the list each is.
func sarifRules(used map[string]bool) (rules []value.Value, index map[string]int) {
	index = map[string]int{}
	for _, section := range codeSections {
		for i := range section.codes {
			c := &section.codes[i]
			if !used[c.name] {
				continue
			}
			index[c.name] = len(rules)
			rules = append(rules, value.Obj(
				member("id", value.String(c.name)),
				member("shortDescription", sarifText(withoutMarks(c.means))),
				member("help", value.Obj(
					member("text", value.String(withoutMarks(c.help()))),
					member("markdown", value.String(c.help())),
				)),
				member("helpUri", value.String(codesURL)),
			))
		}
	}
	return rules, index
}

func sarifResult(d *spec.Diagnostic, rules map[string]int) value.Value {
	message := d.Message
	if d.Help != "" {
		message += "; " + d.Help
	}
	result := []value.Member{member("ruleId", value.String(d.Code))}
	if i, ok := rules[d.Code]; ok {
		result = append(result, member("ruleIndex", value.Int(int64(i))))
	}
	return value.Obj(append(result,
		member("level", value.String(d.Severity.String())),
		member("message", sarifText(message)),
		member("locations", value.List(sarifLocation(d))),
	)...)
}

// sarifLocation is where a finding is. A file that cannot be read has no lines.
func sarifLocation(d *spec.Diagnostic) value.Value {
	place := []value.Member{
		member("artifactLocation", value.Obj(member("uri", value.String(fileURI(d.Pos.File))))),
	}
	if d.Pos.Line > 0 {
		region := []value.Member{member("startLine", value.Int(int64(d.Pos.Line)))}
		if d.Pos.Column > 0 {
			region = append(region, member("startColumn", value.Int(int64(d.Pos.Column))))
		}
		place = append(place, member("region", value.Obj(region...)))
	}
	location := []value.Member{member("physicalLocation", value.Obj(place...))}
	if d.Component != "" {
		location = append(location, member("logicalLocations", value.List(value.Obj(
			member("name", value.String(d.Component)), member("kind", value.String("object")),
		))))
	}
	return value.Obj(location...)
}

// fileURI is a file as a URI; one that is named relative to the working directory stays so.
func fileURI(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
		if u.Path[0] != '/' { // a drive of Windows
			u.Path = "/" + u.Path
		}
	}
	return u.String()
}

// sarifText is a message of SARIF.
func sarifText(s string) value.Value { return value.Obj(member("text", value.String(s))) }

// withoutMarks drops the backquotes of Markdown.
func withoutMarks(s string) string { return strings.ReplaceAll(s, "`", "") }
