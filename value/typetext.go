package value

import "strings"

// String returns the type as messages say it, such as "list of string", "string or null" or "object with a, b".
func (t *Type) String() string {
	t = orAny(t)
	switch {
	case t.Enum != nil:
		return "one of " + listed(len(t.Enum), func(i int) string { return shorten(t.Enum[i].String()) })
	case t.bareObject:
		return "object"
	case t.Vector:
		return "vector"
	}
	switch t.Kind {
	case TypeList:
		return "list of " + t.Items.inner()
	case TypeDict:
		return "dict of " + t.Additional.inner()
	case TypeObject:
		if len(t.Properties) == 0 {
			return "object"
		}
		return "object with " + listed(len(t.Properties), func(i int) string { return shorten(t.Properties[i].Title) })
	case TypeUnion:
		return t.unionText()
	default:
		return t.Kind.String()
	}
}

// inner returns the text of a type inside another one's.
func (t *Type) inner() string {
	if t != nil && t.Kind == TypeUnion && t.Enum == nil {
		return "(" + t.String() + ")"
	}
	return t.String()
}

func (t *Type) unionText() string {
	var names []string
	for i, m := range t.Members {
		if i == maxListed {
			names = append(names, "…")
			break
		}
		names = append(names, m.inner())
	}
	return strings.Join(names, " or ")
}

// maxListed is how many names a message lists.
const maxListed = 8

func listed(n int, name func(int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == maxListed {
			b.WriteString("…")
			break
		}
		b.WriteString(name(i))
	}
	return b.String()
}
