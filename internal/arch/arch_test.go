package arch_test

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/wayflow-go/wayflow"

// The modules that rooms may use.
const (
	yaml     = "go.yaml.in/yaml/v4"
	gojq     = "github.com/itchyny/gojq"
	openai   = "github.com/openai/openai-go/v3"
	genai    = "google.golang.org/genai"
	gauth    = "cloud.google.com/go/auth"
	ocisdk   = "github.com/oracle/oci-go-sdk/v65"
	mcpsdk   = "github.com/modelcontextprotocol/go-sdk"
	oauth2   = "golang.org/x/oauth2"
	uuid     = "github.com/google/uuid"
	xterm    = "golang.org/x/term"
	xsys     = "golang.org/x/sys"
	cobra    = "github.com/spf13/cobra"
	pflag    = "github.com/spf13/pflag"
	lipgloss = "charm.land/lipgloss/v2"
	a2aSDK   = "github.com/a2aproject/a2a-go/v2"
	tempo    = "go.temporal.io/sdk"
	tempoAPI = "go.temporal.io/api"
	sqlite   = "modernc.org/sqlite"
	goose    = "github.com/pressly/goose/v3"
)

// A room is one package, or with a path that ends in "/..." every package below that has no row of its own.
type room struct {
	path string // below the module; "." is the root
	// rooms it may import, at most. Every import of every package is listed: an arrow that is not here does not exist.
	imports []string
	modules []string // other modules it may import
	// pure rooms do no input or output, start no goroutine, and are the same for the same input.
	pure bool
}

// core lists the pure rooms, which most others may import.
var core = []string{"value", "message", "spec", "prompt", "prompt/jinja", "program", "engine"}

// Rooms from left to right, as data walks; an import points from a lower line to a higher one.
var rooms = []room{
	{path: "internal/jsonscan", pure: true},
	{path: "value", pure: true, imports: []string{"internal/jsonscan"}},
	{path: "internal/jq", pure: true, imports: []string{"value"}, modules: []string{gojq}},
	{path: "internal/pyre", pure: true},
	{path: "internal/allow", pure: true},
	{path: "message", pure: true, imports: []string{"value"}},
	{path: "spec", pure: true, imports: []string{"value", "message", "internal/jsonscan"}, modules: []string{yaml}},
	{path: "prompt/jinja", pure: true, imports: []string{"value"}},
	{
		path: "prompt", pure: true,
		imports: []string{"internal/jq", "internal/pyre", "value", "message", "prompt/jinja"},
	},
	{
		path: "program", pure: true,
		imports: []string{"internal/allow", "internal/jq", "internal/pyre", "value", "message", "spec", "prompt", "prompt/jinja"},
	},
	{
		path: "engine", pure: true,
		imports: []string{"internal/allow", "internal/jq", "internal/pyre", "value", "message", "spec", "prompt", "prompt/jinja", "program"},
	},

	{path: "graph", pure: true, imports: []string{"value", "message", "spec", "program"}},
	{path: "internal/pem"},
	{path: "internal/retry", imports: []string{"spec"}},
	{path: "model", imports: []string{"value", "message", "spec", "prompt"}},
	{
		path:    "internal/exchange",
		imports: []string{"value", "message", "spec", "prompt", "internal/pem", "internal/retry", "model"},
		modules: []string{openai, uuid},
	},
	{
		path:    "internal/openai",
		imports: []string{"spec", "internal/pem", "model", "internal/exchange"},
	},
	{
		path: "internal/google", imports: []string{"value", "spec", "internal/pem", "model", "internal/exchange"},
		modules: []string{genai, gauth},
	},
	{path: "embed"},
	{
		path: "embed/openai", imports: []string{"value", "spec", "model", "internal/exchange", "internal/openai", "embed"},
	},
	{
		path:    "embed/gemini",
		imports: []string{"value", "spec", "model", "internal/exchange", "internal/google", "embed"},
		modules: []string{genai},
	},
	{
		path:    "model/openai",
		imports: []string{"value", "message", "spec", "prompt", "model", "internal/exchange", "internal/openai"},
	},
	{
		path:    "model/gemini",
		imports: []string{"value", "message", "spec", "prompt", "model", "internal/exchange", "internal/google"},
		modules: []string{genai},
	},
	{path: "internal/oracle", imports: []string{"value", "spec", "model"}, modules: []string{ocisdk}},
	{
		path:    "model/oci",
		imports: []string{"value", "message", "spec", "prompt", "model", "model/openai", "internal/exchange", "internal/oracle"},
	},
	{path: "embed/oci", imports: []string{"value", "spec", "embed", "model", "internal/exchange", "internal/oracle"}},
	{path: "tool", imports: []string{"value", "message", "spec"}},
	{path: "tool/internal/child"},
	{
		path: "tool/mcp", imports: []string{"value", "spec", "internal/allow", "internal/pem", "internal/retry", "tool", "tool/internal/child"},
		modules: []string{mcpsdk, oauth2},
	},
	{path: "tool/mcp/conformance", imports: []string{"value", "spec", "tool", "tool/mcp"}},
	{path: "tool/exec", imports: []string{"value", "tool", "tool/internal/child"}},
	{path: "tool/python", imports: []string{"value", "tool", "tool/internal/child"}},
	{path: "tool/toolsfile", imports: []string{"value", "spec", "tool", "tool/exec", "tool/python", "tool/mcp"}, modules: []string{yaml}},
	{path: "replay", imports: []string{"value", "message", "spec", "prompt", "program", "engine", "model"}, modules: []string{yaml}},
	{path: "tool/http", imports: []string{"spec", "internal/allow", "internal/retry", "tool"}},
	{path: "remote", imports: []string{"value", "message"}},
	{
		path: "remote/a2a", imports: []string{"value", "message", "spec", "internal/pem", "internal/retry", "tool", "remote"},
		modules: []string{a2aSDK},
	},
	{path: "datastore", imports: []string{"value"}},
	{path: "datastore/memory", imports: []string{"value", "spec", "datastore"}},
	{path: "search", imports: []string{"value", "spec", "embed", "tool", "datastore", "datastore/memory"}},
	{path: "store"},
	{path: "store/memory", imports: []string{"store"}},
	{path: "store/sqlite", imports: []string{"store"}, modules: []string{sqlite, goose}},
	{
		path:    "host/local",
		imports: slices.Concat(core, []string{"internal/allow", "replay", "remote", "model", "tool", "tool/http", "embed", "datastore", "datastore/memory", "search", "store"}),
		modules: []string{uuid},
	},

	{
		path: "host/temporal", imports: []string{"value", "message", "spec", "program", "engine"},
		modules: []string{tempo, tempoAPI},
	},
	{
		path:    ".",
		imports: slices.Concat(core, []string{"replay", "remote", "remote/a2a", "model", "model/openai", "model/gemini", "model/oci", "tool", "tool/http", "tool/mcp", "embed", "embed/openai", "embed/oci", "datastore", "store", "host/local"}),
		modules: []string{uuid},
	},
	{path: "server/mcp", imports: []string{"value", "message", "engine", "."}, modules: []string{mcpsdk}},
	{
		path: "cmd/wayflow", imports: slices.Concat(core, []string{"replay", "tool/http", "graph", "model", "tool", "tool/toolsfile", "host/local", "server/mcp", "store", "store/sqlite", "."}),
		modules: []string{cobra, pflag, lipgloss, xterm, xsys},
	},
	{path: "examples/...", imports: []string{"value", "message", "spec", "."}},
	{path: "internal/arch"},
}

// impure lists standard packages through which a room would reach the world, or differ from run to run.
var impure = []string{
	"net", "net/http", "os", "os/exec", "os/signal", "os/user", "syscall", "log", "database/sql", "plugin",
	"math/rand", "math/rand/v2", "crypto/rand",
}

// vague lists names that say nothing about what lives in a package.
var vague = []string{"util", "utils", "common", "helper", "helpers", "type", "types", "model", "models", "misc", "shared", "base"}

// allowedVague lists packages with such a name where it is what a user would say.
var allowedVague = []string{"model"}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		r, ok := roomOf(p.path)
		if !ok {
			t.Errorf("package %s is in no room: give it a row in internal/arch/arch_test.go, and a line in docs/architecture.md", p)
			continue
		}
		for _, imp := range p.imports {
			switch {
			case imp.project != "" && !matches(r.imports, imp.project):
				t.Errorf("%s: package %s must not import %s (of this project it may import: %s)",
					imp.at, p, imp.path, list(r.imports))
			case imp.module && !slices.ContainsFunc(r.modules, func(m string) bool { return within(m, imp.path) }):
				t.Errorf("%s: package %s must not import %s (of other modules it may import: %s)",
					imp.at, p, imp.path, list(r.modules))
			}
		}
	}
}

func TestPureRoomsReachNothing(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		if r, ok := roomOf(p.path); !ok || !r.pure {
			continue
		}
		for _, imp := range p.imports {
			if slices.Contains(impure, imp.path) {
				t.Errorf("%s: package %s must not import %s: what touches the world is an effect, and a host performs it",
					imp.at, p, imp.path)
			}
		}
		for _, at := range p.goroutines {
			t.Errorf("%s: package %s starts a goroutine: only hosts, tools, models and servers do", at, p)
		}
	}
}

func TestTestPackagesStayInTests(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		for _, imp := range p.imports {
			if imp.project != "" && strings.HasSuffix(imp.project, "test") && !strings.HasSuffix(p.path, "test") {
				t.Errorf("%s: package %s imports %s, which is for tests only", imp.at, p, imp.path)
			}
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		if !p.documented {
			t.Errorf("package %s has no package comment (doc.go where it is long)", p)
		}
	}
}

func TestPackageNamesSaySomething(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		if slices.Contains(vague, path.Base(p.path)) && !slices.Contains(allowedVague, p.path) {
			t.Errorf("package %s: the name says nothing; move the code to where it is used, or name what it is about", p)
		}
	}
}

// TestTheTableHasNoCycle guards the table itself: one row for each room, and a row may only list rooms above it.
func TestTheTableHasNoCycle(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rooms {
		for _, imp := range r.imports {
			if !seen[imp] {
				t.Errorf("row %s lists %s, which is not above it", r.path, imp)
			}
		}
		if seen[r.path] {
			t.Errorf("room %s has two rows", r.path)
		}
		seen[r.path] = true
	}
}

// A goPackage is what the checks need to know of one package, test files left out.
type goPackage struct {
	path       string // below the module; "." is the root
	imports    []goImport
	goroutines []string // where a go statement stands
	documented bool
}

func (p *goPackage) String() string {
	if p.path == "." {
		return "wayflow (the root)"
	}
	return p.path
}

type goImport struct {
	path    string // as written
	project string // the path below the module when it is one of ours, else empty
	module  bool   // it is of another module
	at      string // FILE:LINE
}

// load parses every package of the module, in order of their paths.
func load(t *testing.T) []*goPackage {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the module's root is not where this test expects it: %v", err)
	}
	packages := map[string]*goPackage{}
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return enter(root, file)
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		return read(packages, root, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.SortedFunc(maps.Values(packages), func(a, b *goPackage) int { return strings.Compare(a.path, b.path) })
}

// enter skips folders that `./...` skips, and modules of their own.
func enter(root, dir string) error {
	if dir == root {
		return nil
	}
	name := filepath.Base(dir)
	if name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}

func read(packages map[string]*goPackage, root, file string) error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	if ignored(f) {
		return nil
	}
	below, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	below = filepath.ToSlash(below)
	p := packages[path.Dir(below)]
	if p == nil {
		p = &goPackage{path: path.Dir(below)}
		packages[p.path] = p
	}
	at := func(pos token.Pos) string { return fmt.Sprintf("%s:%d", below, fset.Position(pos).Line) }

	p.documented = p.documented || f.Doc != nil
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		imp := goImport{path: imported, at: at(spec.Pos())}
		switch first, _, _ := strings.Cut(imported, "/"); {
		case imported == module:
			imp.project = "."
		case within(module, imported):
			imp.project = strings.TrimPrefix(imported, module+"/")
		case strings.Contains(first, "."):
			imp.module = true
		}
		p.imports = append(p.imports, imp)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			p.goroutines = append(p.goroutines, at(g.Pos()))
		}
		return true
	})
	return nil
}

// ignored reports whether a file is kept out of every build, as generators run by `go run` are.
func ignored(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil && expr.String() == "ignore" {
				return true
			}
		}
	}
	return false
}

// roomOf finds the row of a package. A package for tests (storetest beside store) may import what it likes.
func roomOf(p string) (room, bool) {
	if strings.HasSuffix(p, "test") {
		return room{path: p, imports: []string{"..."}, modules: []string{""}}, true
	}
	best, found := room{}, false
	for _, r := range rooms {
		if matches([]string{r.path}, p) && (!found || len(r.path) > len(best.path)) {
			best, found = r, true
		}
	}
	return best, found
}

// matches reports whether p is one of patterns, or below one that ends in "/...".
func matches(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		parent, wild := strings.CutSuffix(pattern, "...")
		return pattern == p || wild && strings.HasPrefix(p, parent)
	})
}

// within reports whether an import path is that of a module, or of a package in it.
func within(mod, p string) bool {
	return mod == "" || p == mod || strings.HasPrefix(p, mod+"/")
}

func list(s []string) string {
	if len(s) == 0 {
		return "nothing"
	}
	return strings.Join(s, ", ")
}
