package value

import (
	"errors"
	"strconv"
	"strings"
)

// badInTitle are the characters that Agent Spec keeps out of the titles of properties.
const badInTitle = ".,{} \n'\""

// CheckTitle returns an error if Agent Spec does not allow a property to have this title.
func CheckTitle(title string) error {
	if title == "" {
		return errors.New("a property must not have an empty title")
	}
	return checkNestedTitle(title)
}

func checkNestedTitle(title string) error {
	if i := strings.IndexAny(title, badInTitle); i >= 0 {
		return errors.New("title " + strconv.Quote(shorten(title)) + " must not contain " + titleFault(title[i]))
	}
	return nil
}

func titleFault(c byte) string {
	switch c {
	case ' ':
		return "a space"
	case '\n':
		return "a line break"
	default:
		return "the character " + string(c)
	}
}

// CheckTitles applies the rule of [CheckTitle] to a property's schema and everything in it; inside it a title may be
// missing or empty. Each fault is a [*SchemaError]; [SchemaErrors] takes them apart.
func CheckTitles(schema Value) error {
	errs := checkTitles(nil, schema, "")
	if title, ok := schema.Get("title").AsString(); ok && title == "" {
		errs = append(errs, &SchemaError{Path: "/title", Message: CheckTitle("").Error()})
	}
	return joined(errs)
}

func checkTitles(errs []*SchemaError, schema Value, path string) []*SchemaError {
	o, ok := schema.AsObject()
	if !ok {
		return errs
	}
	for k, v := range o.All() {
		switch k {
		case "title":
			if err := checkNestedTitle(v.Str()); err != nil {
				errs = append(errs, &SchemaError{Path: path + "/title", Message: err.Error()})
			}
		case "items", "additionalProperties":
			errs = checkTitles(errs, v, path+"/"+k)
		case "anyOf":
			items, _ := v.AsList()
			for i, item := range items {
				errs = checkTitles(errs, item, path+"/anyOf/"+strconv.Itoa(i))
			}
		case "properties":
			props, _ := v.AsObject()
			for name, prop := range props.All() {
				errs = checkTitles(errs, prop, path+"/properties/"+escapePointer(name))
			}
		}
	}
	return errs
}
