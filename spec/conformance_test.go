package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// conformanceRoot holds documents and what the reference makes of them, beside the project.
const conformanceRoot = "../../shared/conformance/"

// conformanceCase is a document of the conformance data.
type conformanceCase struct {
	File      string   `json:"file"`
	Values    []string `json:"needs_values"`
	Companion string   `json:"needs_components_from"`
	Unblocked []string `json:"needs_unblocked"`
	Golden    string   `json:"golden_export"`
}

// isCompanion reports whether the document is the companion of a disaggregated one.
func (c conformanceCase) isCompanion() bool { return strings.Contains(c.File, "component_config") }

func conformanceCases(tb testing.TB, folder string) []conformanceCase {
	tb.Helper()
	data, err := os.ReadFile(conformanceRoot + "index.json")
	if err != nil {
		tb.Skipf("the shared conformance data is not there: %v", err)
	}
	var all []conformanceCase
	if err := json.Unmarshal(data, &all); err != nil {
		tb.Fatal(err)
	}
	return slices.DeleteFunc(all, func(c conformanceCase) bool { return !strings.HasPrefix(c.File, folder+"/") })
}

func (c conformanceCase) read(tb testing.TB, file string) []byte {
	tb.Helper()
	data, err := os.ReadFile(conformanceRoot + file)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// keepsUnknown are the documents that only load if unknown fields are kept. The reference ignores unknown fields, and
// we refuse them unless told otherwise.
var keepsUnknown = []string{"agentspec_valid/ours/unknown_field.yaml"}

// options are those that the index says the document needs.
func (c conformanceCase) options(tb testing.TB) *LoadOptions {
	tb.Helper()
	opts := &LoadOptions{File: c.File, Values: make(map[string]value.Value)}
	opts.AllowUnknown = slices.Contains(keepsUnknown, c.File)
	for _, id := range c.Values {
		opts.Values[id] = value.String("dummy")
		if strings.HasSuffix(id, "headers") {
			opts.Values[id] = value.Obj(value.Member{Key: "key", Value: value.String("dummy")})
		}
	}
	if c.Unblocked != nil || strings.Contains(c.File, "stdio") {
		opts.Blocked = []string{}
	}
	if c.Companion != "" {
		var err error
		opts.Components, err = LoadComponents(c.read(tb, c.Companion), &LoadOptions{File: c.Companion})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return opts
}

// lossReasons are the only ways in which an export may lack or change something of what was loaded.
var lossReasons = []struct {
	reason  string
	matches func(d difference) bool
}{
	{"a whole number in a field for numbers gets a fraction, as in the reference", func(d difference) bool {
		i, isInt := d.before.AsInt()
		f, isFloat := d.after.AsFloat()
		return isInt && isFloat && float64(i) == f
	}},
	{"a secret is never written", func(d difference) bool { return strings.HasSuffix(d.after.Get(refKey).Str(), "."+d.key) }},
	{"air_version is the old name of agentspec_version", func(d difference) bool { return d.key == oldVersionKey }},
	{"the version is written at the root only, not for each component of a companion", func(d difference) bool {
		return d.key == versionKey && strings.Count(d.path, "/") > 1
	}},
	{"message_template is an old name of message", func(d difference) bool {
		return d.typ == "PluginOutputMessageNode" && d.key == "message_template"
	}},
}

// TestConformanceValid loads all valid documents, and exports them without loss.
func TestConformanceValid(t *testing.T) {
	cases := conformanceCases(t, "agentspec_valid")
	loaded, stable := 0, 0
	losses := make(map[string]int)
	for _, c := range cases {
		data := c.read(t, c.File)
		opts := c.options(t)
		if c.isCompanion() {
			if _, err := LoadComponents(data, opts); err != nil {
				t.Errorf("LoadComponents: %v", err)
				continue
			}
			loaded, stable = loaded+1, stable+1
			continue
		}
		doc, err := Load(data, opts)
		if err != nil {
			t.Errorf("Load: %v", err)
			continue
		}
		loaded++
		out, ok := roundTrip(t, c, doc, opts)
		if !ok {
			continue
		}
		stable++
		for _, d := range c.losses(t, data, out) {
			i := slices.IndexFunc(lossReasons, func(r struct {
				reason  string
				matches func(d difference) bool
			},
			) bool {
				return r.matches(d)
			})
			if i < 0 {
				t.Errorf("%s: lost in the export: %v", c.File, d)
				continue
			}
			losses[lossReasons[i].reason]++
		}
	}
	fmt.Printf("conformance: %d of %d valid documents load, %d are stable under export\n", loaded, len(cases), stable)
	for _, r := range lossReasons {
		fmt.Printf("conformance: %5d times: %s\n", losses[r.reason], r.reason)
	}
}

// roundTrip checks that the export of a document, loaded again, gives the same export, in JSON and by way of YAML.
func roundTrip(t *testing.T, c conformanceCase, doc *Document, opts *LoadOptions) (out []byte, ok bool) {
	t.Helper()
	out, err := Export(doc.Root, nil)
	if err != nil {
		t.Errorf("Export(%s): %v", c.File, err)
		return nil, false
	}
	for _, format := range []Format{JSON, YAML} {
		text, err := Export(doc.Root, &ExportOptions{Format: format})
		if err != nil {
			t.Errorf("Export(%s, %v): %v", c.File, format, err)
			return nil, false
		}
		again := *opts
		again.Format = format
		doc, err := Load(text, &again)
		if err != nil {
			t.Errorf("Load(Export(%s, %v)): %v", c.File, format, err)
			return nil, false
		}
		if second, err := Export(doc.Root, nil); err != nil || !bytes.Equal(out, second) {
			t.Errorf("Export(Load(Export(%s, %v))) differs: %v", c.File, format, err)
			return nil, false
		}
	}
	return out, true
}

// difference is a place at which an export differs from what was loaded, or from what the reference exports.
type difference struct {
	// what is lost, added or changed.
	what string
	// typ is the innermost component around the place, key the innermost key.
	typ, key, path string
	before, after  value.Value
}

func (d difference) String() string {
	return fmt.Sprintf("%s %s.%s at %s: %.80v, then %.80v", d.what, d.typ, d.key, d.path, d.before, d.after)
}

// losses returns what the export lacks of the document, references aside: both are compared with all of them resolved.
func (c conformanceCase) losses(tb testing.TB, data, out []byte) (found []difference) {
	tb.Helper()
	before := newResolved(tb, c.File, data)
	after := newResolved(tb, "export.json", out)
	if c.Companion != "" {
		companion := newResolved(tb, c.Companion, c.read(tb, c.Companion))
		for id, v := range companion.definitions {
			before.definitions[id] = v
		}
	}
	before.compare(after, before.root, after.root, difference{}, func(d difference) {
		if d.what != "added" {
			found = append(found, d)
		}
	})
	return found
}

// resolved is a document as a value, with its definitions.
type resolved struct {
	root        value.Value
	definitions map[string]value.Value
}

func newResolved(tb testing.TB, file string, data []byte) *resolved {
	tb.Helper()
	fs := &findings{}
	parse := parseYAML
	if strings.HasSuffix(file, ".json") {
		parse = parseJSON
	}
	tr := parse(file, string(data), fs)
	if tr == nil {
		tb.Fatal(fs.result())
	}
	r := &resolved{tr.value(tr.root), make(map[string]value.Value)}
	r.define(r.root)
	return r
}

func (r *resolved) define(v value.Value) {
	o, _ := v.AsObject()
	for key, member := range o.All() {
		if definitions, ok := member.AsObject(); ok && key == referencedKey {
			for id, c := range definitions.All() {
				r.definitions[id] = c
			}
		}
		r.define(member)
	}
	items, _ := v.AsList()
	for _, item := range items {
		r.define(item)
	}
}

// resolve follows references to components.
func (r *resolved) resolve(v value.Value) value.Value {
	for {
		c, ok := r.definitions[v.Get(refKey).Str()]
		if !ok {
			return v
		}
		v = c
	}
}

// compare reports how w, a part of s, differs from v, a part of r.
func (r *resolved) compare(s *resolved, v, w value.Value, at difference, report func(difference)) {
	v, w = r.resolve(v), s.resolve(w)
	at.before, at.after = v, w
	at.what = "changed"
	o, isObject := v.AsObject()
	p, toObject := w.AsObject()
	items, isList := v.AsList()
	others, toList := w.AsList()
	switch {
	case isObject && toObject:
		if typ := v.Get(typeKey).Str(); typ != "" {
			at.typ = typ
		}
		r.compareMembers(s, o, p, at, report)
	case isList && toList && len(items) == len(others):
		for i := range items {
			in := at
			in.path = fmt.Sprintf("%s/%d", at.path, i)
			r.compare(s, items[i], others[i], in, report)
		}
	case !value.Equal(v, w):
		report(at)
	}
}

func (r *resolved) compareMembers(s *resolved, o, p *value.Object, at difference, report func(difference)) {
	for key, member := range o.All() {
		if key == referencedKey {
			continue
		}
		in := at
		in.key, in.path = key, at.path+"/"+key
		if other, ok := p.Get(key); ok {
			r.compare(s, member, other, in, report)
			continue
		}
		in.what, in.before, in.after = "lost", member, value.Null
		report(in)
	}
	for key, member := range p.All() {
		if _, ok := o.Get(key); !ok && key != referencedKey {
			in := at
			in.what, in.key, in.path, in.before, in.after = "added", key, at.path+"/"+key, value.Null, member
			report(in)
		}
	}
}

// TestConformanceGoldenStable loads what the reference exports, and exports the same, but for the order in which shared
// components are defined: ours is that of their first use.
func TestConformanceGoldenStable(t *testing.T) {
	count := 0
	for _, c := range conformanceCases(t, "agentspec_valid") {
		if c.Golden == "" {
			continue
		}
		golden := c.read(t, c.Golden)
		doc, err := Load(golden, &LoadOptions{File: c.Golden, Blocked: []string{}})
		if err != nil {
			t.Errorf("Load: %v", err)
			continue
		}
		out, err := Export(doc.Root, nil)
		if err != nil {
			t.Errorf("Export(%s): %v", c.Golden, err)
			continue
		}
		want, got := newResolved(t, "golden.json", golden).root, newResolved(t, "export.json", out).root
		if w, g := sortDefinitions(want).String(), sortDefinitions(got).String(); w != g {
			t.Errorf("Export(Load(%s)) differs:\n got %.2000s\nwant %.2000s", c.Golden, g, w)
			continue
		}
		count++
	}
	fmt.Printf("conformance: %d exports of the reference come out as they went in, order of keys included\n", count)
}

// sortDefinitions puts the definitions in v in the order of their ids.
func sortDefinitions(v value.Value) value.Value {
	if items, ok := v.AsList(); ok {
		out := make([]value.Value, len(items))
		for i := range items {
			out[i] = sortDefinitions(items[i])
		}
		return value.List(out...)
	}
	o, ok := v.AsObject()
	if !ok {
		return v
	}
	members := make([]value.Member, 0, o.Len())
	for key, member := range o.All() {
		member = sortDefinitions(member)
		if list, ok := member.AsObject(); ok && key == referencedKey {
			var sorted []value.Member
			for id, c := range list.All() {
				sorted = append(sorted, value.Member{Key: id, Value: c})
			}
			slices.SortFunc(sorted, func(a, b value.Member) int { return strings.Compare(a.Key, b.Key) })
			member = value.Obj(sorted...)
		}
		members = append(members, value.Member{Key: key, Value: member})
	}
	return value.Obj(members...)
}
