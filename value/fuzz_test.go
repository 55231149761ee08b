package value_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/wayflow-go/wayflow/value"
)

var jsonSeeds = []string{
	`null`, `[true,false]`, `{"a":{"b":[1,-2.5e3,"x\u00e9\ud83d\ude00\n"]},"a":1}`, `"\ud800"`, "\"\xff\"", `-0`, `1e999`, `123456789012345678901`,
	`[`, `{"a"`, `01`, `"\x"`, "\"\t\"", `{"a":1,}`, ` [ 1 , 2 ] `, `{"$float":"NaN"}`,
}

// What encoding/json takes, ParseJSON takes too, with the same meaning, and the other way round.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range jsonSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("\xef\xbf\xbd")) && !json.Valid(data) {
			return
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want any
		wantErr := d.Decode(&want)
		if wantErr == nil && len(bytes.TrimLeft(data[d.InputOffset():], " \t\r\n")) > 0 {
			wantErr = errors.New("something follows")
		}
		got, err := value.ParseJSON(data)
		if err != nil && strings.Contains(err.Error(), "nested more") || err != nil && strings.Contains(err.Error(), "digits") {
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("ParseJSON(%q) = %v, encoding/json says %v", data, err, wantErr)
		}
		if err == nil && !means(got, want) {
			t.Fatalf("ParseJSON(%q) = %s, encoding/json says %v", data, got, want)
		}
		if err == nil && isFinite(got) {
			if again, err := value.ParseJSON([]byte(got.String())); err != nil || !value.Equal(got, again) {
				t.Fatalf("%s is read again as %s, %v", got, again, err)
			}
		}
	})
}

// means reports whether v is what encoding/json read.
func means(v value.Value, w any) bool {
	switch w := w.(type) {
	case nil:
		return v.IsNull()
	case bool:
		b, ok := v.AsBool()
		return ok && b == w
	case string:
		s, ok := v.AsString()
		return ok && s == w
	case json.Number:
		return meansNumber(v, w.String())
	case []any:
		items, ok := v.AsList()
		for i := range items {
			ok = ok && len(items) == len(w) && means(items[i], w[i])
		}
		return ok && len(items) == len(w)
	case map[string]any:
		o, ok := v.AsObject()
		for k, m := range o.All() {
			ok = ok && means(m, w[k])
		}
		return ok && o.Len() == len(w)
	}
	return false
}

func meansNumber(v value.Value, text string) bool {
	if f, ok := v.AsFloat(); ok {
		g, _ := strconv.ParseFloat(text, 64)
		return math.Float64bits(f) == math.Float64bits(g) && strings.ContainsAny(text, ".eE")
	}
	i, ok := v.AsBigInt()
	return ok && (i.String() == text || text == "-0" && i.Sign() == 0)
}

// No schema makes ParseProperty panic or hang, and what it reads without faults it writes as it was.
func FuzzParseProperty(f *testing.F) {
	for _, seed := range []string{
		`{"title":"x","type":"string","default":"a"}`, `{"type":["array","null"],"items":{"type":"integer"},"default":null}`,
		`{"$ref":"#","properties":{"a":{"$ref":"#/properties/b"},"b":{"$ref":"#/properties/a"}},"type":"object"}`,
		`{"anyOf":[{"type":"object","additionalProperties":{"enum":[1],"type":"integer"}}],"oneOf":[{}],"required":["a"]}`,
		`{"type":"object","properties":{"a":{"type":"number","default":1}},"additionalProperties":false,"default":{}}`,
		`{"type":"array","x_vector_property":true,"key_type":{},"minItems":0,"$defs":{"a":true}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		schema, err := value.ParseJSON(data)
		if err != nil {
			return
		}
		p, err := value.ParseProperty(schema)
		faults := value.SchemaErrors(err)
		if (err == nil) != (len(faults) == 0) {
			t.Fatalf("ParseProperty(%s) = %v with %d faults", schema, err, len(faults))
		}
		_ = value.CheckTitles(schema)
		if err != nil {
			return
		}
		if got := p.Schema(); got.String() != schema.String() {
			t.Fatalf("schema %s came out as %s", schema, got)
		}
		checkType(t, p)
	})
}

func checkType(t *testing.T, p value.Property) {
	t.Helper()
	if value.CheckDefault(p) == nil && p.HasDefault {
		if v, err := p.DefaultValue(); err != nil || !p.Type.Fits(v) {
			t.Fatalf("the default of %s is %s, %v", p.Schema(), v, err)
		}
	}
	if !value.CanCast(p.Type, p.Type) || !value.SameType(p.Type, p.Type) || value.NeedsCast(p.Type, p.Type) {
		t.Fatalf("%s is not like itself", p.Schema())
	}
	again, err := value.ParseType(p.Type.Schema())
	if err != nil || value.SameType(again, p.Type) != value.SameType(p.Type, again) {
		t.Fatalf("type %s cannot be read again: %v", p.Type.Schema(), err)
	}
	_ = value.Zero(p.Type).String() + p.Type.String()
}

// Casts never panic, and give what fits or an error.
func FuzzCast(f *testing.F) {
	f.Add([]byte(`{"type":"array","items":{"type":"integer"}}`), []byte(`[1,2.5,"x"]`))
	f.Add([]byte(`{"type":"object","properties":{"a":{"type":"string","default":3}},"additionalProperties":{"type":"number"}}`), []byte(`{"b":1}`))
	f.Add([]byte(`{"anyOf":[{"type":"null"},{"type":"boolean"}],"enum":[true,null]}`), []byte(`0`))
	f.Fuzz(func(t *testing.T, schema, data []byte) {
		s, err := value.ParseJSON(schema)
		if err != nil {
			return
		}
		v, err := value.ParseJSON(data)
		if err != nil {
			return
		}
		p, err := value.ParseProperty(s)
		if err != nil || value.CheckDefault(p) != nil {
			return
		}
		w, err := value.Cast(v, p.Type)
		if _, ok := errors.AsType[*value.CastError](err); err != nil && (!ok || len(err.Error()) > 5000) {
			t.Fatalf("Cast(%s, %s) = %v", v, s, err)
		}
		if err == nil && !p.Type.Fits(w) {
			t.Fatalf("Cast(%s, %s) = %s, which does not fit: %v", v, s, w, p.Type.Check(w))
		}
		if p.Type.Fits(v) && (err != nil || w.String() != v.String()) {
			t.Fatalf("%s fits %s, but is cast to %s, %v", v, s, w, err)
		}
		if w := value.Lenient(v, p.Type); !p.Type.Fits(w) && !strings.Contains(s.String(), `"enum"`) {
			t.Fatalf("Lenient(%s, %s) = %s", v, s, w)
		}
	})
}
