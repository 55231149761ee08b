package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const codesFile = "../../docs/diagnostics.md"

// TestPageOfCodes checks that the page says what the table does.
func TestPageOfCodes(t *testing.T) {
	t.Parallel()
	want := codesPage()
	if *update {
		if err := os.WriteFile(codesFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(codesFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/diagnostics.md differs; run the test with -update (-want +got):\n%s", diff)
	}
}

// TestEveryCodeIsExplained finds the codes in the source of all packages that report findings.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	var known []string
	for _, section := range codeSections {
		for _, c := range section.codes {
			if slices.Contains(known, c.name) {
				t.Errorf("code %q is explained twice", c.name)
			}
			known = append(known, c.name)
		}
	}
	emitted := map[string]string{}
	for _, dir := range []string{"../../spec", "../../program", "../..", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				codesIn(t, file, emitted)
			}
		}
	}
	for code, at := range emitted {
		if !slices.Contains(known, code) {
			t.Errorf("%s: the code %q is not explained in cmd/wayflow/codes.go", at, code)
		}
	}
	for _, code := range known {
		if emitted[code] == "" {
			t.Errorf("nothing reports the code %q, which is explained", code)
		}
	}
	t.Logf("%d codes", len(emitted))
}

// codesIn notes the codes that a file reports: those of calls of errorf, warnf and diagnostic, of Code in a struct, and
// of constants whose names begin with code.
func codesIn(t *testing.T, file string, found map[string]string) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	note := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && text != "" {
			found[text] = fset.Position(lit.Pos()).String()
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 2 && slices.Contains([]string{"errorf", "warnf", "diagnostic"}, s.Sel.Name) {
				note(n.Args[1])
			}
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Code" {
				note(n.Value)
			}
		case *ast.ValueSpec:
			if len(n.Names) == 1 && len(n.Values) == 1 && strings.HasPrefix(n.Names[0].Name, "code") {
				note(n.Values[0])
			}
		}
		return true
	})
}
