package value

import (
	"errors"
	"strings"
)

// SchemaError is a fault of a schema. [ParseProperty], [ParseType], [CheckDefault] and [CheckTitles] return one, or
// several joined; [SchemaErrors] takes them apart.
type SchemaError struct {
	// Path is the place inside the schema as a JSON Pointer, such as /properties/age/type; "" for the schema itself.
	Path    string
	Message string
	cause   error
}

// Error returns the place and the fault.
func (e *SchemaError) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

// Unwrap returns the [*CastError] of a default that does not fit.
func (e *SchemaError) Unwrap() error { return e.cause }

// SchemaErrors returns the faults that an error of this package holds.
func SchemaErrors(err error) []*SchemaError {
	if list, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		var faults []*SchemaError
		for _, e := range list.Unwrap() {
			faults = append(faults, SchemaErrors(e)...)
		}
		return faults
	}
	if e, ok := errors.AsType[*SchemaError](err); ok {
		return []*SchemaError{e}
	}
	return nil
}

// joined is the opposite of [SchemaErrors]; no faults are no error.
func joined(faults []*SchemaError) error {
	errs := make([]error, len(faults))
	for i, e := range faults {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// escapePointer writes a key as a step of a JSON Pointer.
func escapePointer(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// unescapePointer reads a step of a JSON Pointer.
func unescapePointer(step string) string {
	return strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
}
