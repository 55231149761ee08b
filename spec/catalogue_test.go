package spec

import (
	"reflect"
	"strings"
	"testing"
)

func TestEveryKindMakesItsOwnStruct(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	spellings := make(map[reflect.Type]map[bool]string)
	for _, k := range kinds {
		if names[k.Name] {
			t.Errorf("kind %s stands in the catalogue twice", k.Name)
		}
		names[k.Name] = true

		c, other := k.New(), k.New()
		if c == other {
			t.Errorf("%s: New returns one component twice", k.Name)
		}
		if c.Base() == nil || *c.Base() != (ComponentBase{}) {
			t.Errorf("%s: New returns a component whose envelope is not empty", k.Name)
		}
		typ := reflect.TypeOf(c).Elem()
		if !namesStruct(k.Name, typ.Name()) {
			t.Errorf("%s: New returns a %s", k.Name, typ.Name())
		}
		if k.Legacy != "" {
			continue
		}
		if spellings[typ] == nil {
			spellings[typ] = make(map[bool]string)
		}
		if first := spellings[typ][k.Extended]; first != "" {
			t.Errorf("%s and %s spell the same struct in the same way", first, k.Name)
		}
		spellings[typ][k.Extended] = k.Name
	}
	for typ, names := range spellings {
		_, can := reflect.New(typ).Interface().(extendable)
		if len(names) == 2 && !can {
			t.Errorf("%s has the spellings %v and does not say when it needs which", typ.Name(), names)
		}
	}
}

// namesStruct reports whether a kind may have a struct of this name: what the extension adds to names is left out.
func namesStruct(kind, structName string) bool {
	switch kind {
	case "LlmConfig":
		kind = "GenericLlmConfig" // LlmConfig is the interface
	case "PluginInMemoryDatastore":
		kind = "InMemoryCollectionDatastore"
	case "PluginSwarmToolRequestAndCallsTransform":
		kind = "ToolRequestAndCallsTransform"
	}
	if kind == structName {
		return true
	}
	kind = strings.TrimPrefix(strings.TrimPrefix(kind, "Plugin"), "Extended")
	return strings.EqualFold(kind, structName)
}

func TestLegacyKindsNameTheirSuccessors(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		if k.Legacy == "" {
			continue
		}
		successor := builtinKinds().named(k.Legacy)
		if successor == nil {
			t.Errorf("%s is replaced by %s, which does not exist", k.Name, k.Legacy)
			continue
		}
		if got, want := reflect.TypeOf(k.New()), reflect.TypeOf(successor.New()); got != want {
			t.Errorf("%s makes a %s, its successor %s a %s", k.Name, got, k.Legacy, want)
		}
	}
}

func TestTagsAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		plan := (&kindPlan{Kind: k}).plan() // panics on options that do not exist
		seen := make(map[string]bool)
		for _, f := range plan.fields {
			if f.key == "" || seen[f.key] {
				t.Errorf("%s: the key %q is empty or there twice", k.Name, f.key)
			}
			seen[f.key] = true
			if f.required && f.hasDefault && !f.constant {
				t.Errorf("%s.%s is required and has a default", k.Name, f.key)
			}
			if f.sensitive && f.since == 0 && f.hasDefault && !isEmptyContainer(f.def) {
				t.Errorf("%s.%s is a secret with a default", k.Name, f.key)
			}
		}
		for key := range k.Tags {
			if k.Tags[key] != "-" && !seen[key] {
				t.Errorf("%s: the catalogue changes the tag of %q, which is no field", k.Name, key)
			}
		}
		if plan.fields[0].key != "id" || plan.fields[1].key != "name" {
			t.Errorf("%s: the envelope does not come first", k.Name)
		}
	}
}

func TestEveryFieldHasATag(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		typ := reflect.TypeOf(k.New()).Elem()
		for i := range typ.NumField() {
			f := typ.Field(i)
			_, tagged := f.Tag.Lookup("spec")
			if f.IsExported() && !f.Anonymous && !tagged {
				t.Errorf("%s.%s has no tag", typ.Name(), f.Name)
			}
		}
	}
}
