package spec

// OneOrMany is a field that documents write as one item or as a list of them.
type OneOrMany[T any] struct {
	// One is the item if there is no list.
	One *T
	// Many is the list. It counts only if One is nil; if both are nil, nothing was given.
	Many []T
}

// Items returns what the field holds as a list.
func (o OneOrMany[T]) Items() []T {
	if o.One != nil {
		return []T{*o.One}
	}
	return o.Many
}

func (o *OneOrMany[T]) decodeSpec(in specInput) {
	if in.kind() == listNode {
		in.decode(&o.Many)
		return
	}
	in.decode(&o.One)
}

func (o OneOrMany[T]) encodeSpec() any {
	switch {
	case o.One != nil:
		return *o.One
	case o.Many != nil:
		return o.Many
	default:
		return nil
	}
}
