package main

import (
	"os"
	"strings"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// valuePrefix begins the names of environment variables that hold values which a document leaves to its surroundings.
const valuePrefix = "WAYFLOW_VALUE_"

// valueFlags give values that a document leaves to its surroundings.
type valueFlags struct {
	file  string
	pairs []string
}

// read collects the values of the file and the flags; those of the environment are added by [withEnvironment].
func (f *valueFlags) read() (map[string]value.Value, error) {
	values := map[string]value.Value{}
	if f.file != "" {
		object, err := readObject(f.file, "--values")
		if err != nil {
			return nil, err
		}
		for id, v := range object.All() {
			values[id] = v
		}
	}
	for _, pair := range f.pairs {
		id, text, ok := strings.Cut(pair, "=")
		if !ok || id == "" {
			return nil, usagef("--value wants ID=VALUE") // what was given may be a secret
		}
		values[id] = plainValue(text)
	}
	return values, nil
}

// plainValue is what a text means as a value: itself, since most are secrets, unless it is a JSON object or list.
func plainValue(text string) value.Value {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		if v, err := value.ParseJSON([]byte(text)); err == nil {
			return v
		}
	}
	return value.String(text)
}

// withEnvironment adds the values that the document wants, that are not given yet and that the environment has.
func withEnvironment(data []byte, opts *spec.LoadOptions) {
	if !environmentHasValues() {
		return
	}
	doc, err := spec.Load(data, opts)
	if err != nil {
		return // it is reported when the document is loaded for use
	}
	for _, m := range doc.MissingValues {
		if text, ok := os.LookupEnv(valueVariable(m.ID)); ok {
			opts.Values[m.ID] = plainValue(text)
		}
	}
}

func environmentHasValues() bool {
	for _, entry := range os.Environ() {
		if strings.HasPrefix(entry, valuePrefix) {
			return true
		}
	}
	return false
}

// valueVariable is the environment variable for a value: "model.api_key" is looked for in WAYFLOW_VALUE_MODEL_API_KEY.
func valueVariable(id string) string {
	return valuePrefix + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, id)
}
