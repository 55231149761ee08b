package spec

import (
	"iter"
	"reflect"
)

// Walk calls visit for root and for every component in it, each once, parents first and in the order of the document.
// Where visit returns false, the components inside are left out unless they are reached in another way.
func Walk(root Component, visit func(Component) bool) {
	seen := make(map[Component]bool)
	var walk func(Component) bool
	walk = func(c Component) bool {
		if !seen[c] {
			seen[c] = true
			if visit(c) {
				children(c, builtinKinds().of(c), walk)
			}
		}
		return true
	}
	if root != nil {
		walk(root)
	}
}

// All yields the components of type T among root and all in it, in the order of [Walk]: All[*Flow] the flows,
// All[Tool] the tools of every kind.
func All[T Component](root Component) iter.Seq[T] {
	return func(yield func(T) bool) {
		stopped := false
		Walk(root, func(c Component) bool {
			if found, ok := c.(T); ok && !stopped {
				stopped = !yield(found)
			}
			return !stopped
		})
	}
}

// children calls yield for the components directly in c, as often as they occur, until it returns false.
func children(c Component, kind *kindPlan, yield func(Component) bool) {
	if kind == nil || !visitFields(kind.plan(), reflect.ValueOf(c).Elem(), yield) {
		return
	}
	rare := c.Base().origin.rare
	if rare == nil {
		return
	}
	for _, k := range rare.kept {
		if !visitKept(k.value, yield) {
			return
		}
	}
}

func visitKept(k kept, yield func(Component) bool) bool {
	switch k := k.(type) {
	case Component:
		return yield(k)
	case []kept:
		for _, item := range k {
			if !visitKept(item, yield) {
				return false
			}
		}
	case Dict[kept]:
		for _, entry := range k {
			if !visitKept(entry.Value, yield) {
				return false
			}
		}
	}
	return true
}
