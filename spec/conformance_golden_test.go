package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

// goldenReasons are the ways in which the reference's export of a document (after) differs from ours (before). All
// come from its converting a document to objects that run, and those back into a document; ours is the document itself.
var goldenReasons = []struct {
	reason  string
	matches func(d difference) bool
}{
	{"it makes new objects where it cannot keep ids, and does not keep definitions that nothing refers to", func(d difference) bool {
		return d.what == "only ours" || d.what == "only theirs" || isReferenceChange(d)
	}},
	{"it replaces former types, and spellings of the extension that are not needed", func(d difference) bool {
		return d.what == "other type"
	}},
	{"it adds its own metadata", onKey("metadata")},
	{"it writes a missing description as an empty one, or drops it", onKey("description")},
	{"it makes up the names of edges and transports, and numbers equal names of nodes", onKey("name")},
	{"it writes its own version for the plugins", onKey(pluginKey, pluginVersionKey)},
	{"it writes inferred inputs and outputs as if they had been given, and only what it knows of their schemas", func(d difference) bool {
		return slices.Contains([]string{"inputs", "outputs", "response_format"}, d.key)
	}},
	{"it writes branches as if they had been given", onKey("branches")},
	{"it takes another version, and with it leaves out or adds newer fields at their defaults", func(d difference) bool {
		return d.key == versionKey || d.what != "changed" && isDefaultLike(d.before) && isDefaultLike(d.after)
	}},
	{"it drops keys that have no effect", func(d difference) bool {
		return d.what == "lost" && (legacyReason(d.typ, d.key) != "" || d.key == "bogus")
	}},
	{"it writes defaults in its own way", onKey("retry_policy", "handoff", "data", "from_branch", "data_flow_connections",
		"context_providers", "provider")},
	{"it loses the field", onKey("message", "api_spec_uri")},
	{"it takes the key from the environment, and then a key is set", onKey("api_key")},
}

func onKey(keys ...string) func(difference) bool {
	return func(d difference) bool { return slices.Contains(keys, d.key) && !strings.HasPrefix(d.what, "only") }
}

// isReferenceChange reports whether a field leads to another component, or a list of components has other ones.
func isReferenceChange(d difference) bool {
	if d.what != "changed" {
		return false
	}
	return isReferenceLike(d.before) && isReferenceLike(d.after)
}

func isReferenceLike(v value.Value) bool {
	if items, ok := v.AsList(); ok {
		return !slices.ContainsFunc(items, func(v value.Value) bool { return !isReferenceLike(v) })
	}
	return v.Get(refKey).Str() != ""
}

// isDefaultLike reports whether v may be the default of a field.
func isDefaultLike(v value.Value) bool {
	return !v.Truthy() || slices.Contains([]string{"true", `"chat_completions"`}, v.String())
}

// TestConformanceGolden compares our export of each document with that of the reference, component by component, and
// counts the differences by their reasons.
func TestConformanceGolden(t *testing.T) {
	documents, components := 0, 0
	counts := make(map[string]int)
	for _, c := range conformanceCases(t, "agentspec_valid") {
		if c.Golden == "" || c.isCompanion() {
			continue
		}
		doc, err := Load(c.read(t, c.File), c.options(t))
		if err != nil {
			t.Errorf("Load: %v", err)
			continue
		}
		out, err := Export(doc.Root, nil)
		if err != nil {
			t.Errorf("Export(%s): %v", c.File, err)
			continue
		}
		documents++
		ours, theirs := componentsOf(t, out), componentsOf(t, c.read(t, c.Golden))
		components += len(ours)
		for _, d := range compareComponents(ours, theirs) {
			if reason := goldenReason(d); reason == "" {
				t.Errorf("%s: unexplained: %v", c.File, d)
			} else {
				counts[reason]++
			}
		}
	}
	fmt.Printf("conformance: %d documents with %d components compared with the reference's exports\n", documents, components)
	for _, r := range goldenReasons {
		fmt.Printf("conformance: %5d differences: %s\n", counts[r.reason], r.reason)
	}
}

func goldenReason(d difference) string {
	for _, r := range goldenReasons {
		if r.matches(d) {
			return r.reason
		}
	}
	return ""
}

// componentsOf returns the components of a document by their ids. In each, components inside are references.
func componentsOf(tb testing.TB, data []byte) map[string]value.Value {
	tb.Helper()
	out := make(map[string]value.Value)
	var collect func(v value.Value) value.Value
	collect = func(v value.Value) value.Value {
		if items, ok := v.AsList(); ok {
			copied := make([]value.Value, len(items))
			for i := range items {
				copied[i] = collect(items[i])
			}
			return value.List(copied...)
		}
		o, ok := v.AsObject()
		if !ok {
			return v
		}
		var b value.ObjectBuilder
		for key, member := range o.All() {
			if member = collect(member); key != referencedKey {
				b.Set(key, member)
			}
		}
		id := v.Get("id").Str()
		if id == "" || v.Get(typeKey).Str() == "" {
			return b.Value()
		}
		out[id] = b.Value()
		return reference(id)
	}
	collect(newResolved(tb, "document.json", data).root)
	return out
}

func compareComponents(ours, theirs map[string]value.Value) (found []difference) {
	report := func(d difference) { found = append(found, d) }
	flat := &resolved{}
	for id, v := range ours {
		typ := v.Get(typeKey).Str()
		w, ok := theirs[id]
		switch {
		case !ok:
			report(difference{what: "only ours", typ: typ, path: id})
		case w.Get(typeKey).Str() != typ:
			report(difference{what: "other type", typ: typ, path: id})
		default:
			o, _ := v.AsObject()
			p, _ := w.AsObject()
			flat.compareTop(o, p, typ, report)
		}
	}
	for id, w := range theirs {
		if _, ok := ours[id]; !ok {
			report(difference{what: "only theirs", typ: w.Get(typeKey).Str(), path: id})
		}
	}
	return found
}

// compareTop compares the fields of a component as wholes.
func (r *resolved) compareTop(o, p *value.Object, typ string, report func(difference)) {
	r.compareMembers(r, o, p, difference{typ: typ}, func(d difference) {
		top, _, _ := strings.Cut(strings.TrimPrefix(d.path, "/"), "/")
		if d.key = top; d.path != "/"+top {
			d.what = "changed"
			d.before, _ = o.Get(top)
			d.after, _ = p.Get(top)
		}
		report(d)
	})
}
