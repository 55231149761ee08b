package value

import "iter"

// Object is an ordered map from text to values. It is immutable once it is inside a [Value]; build it with an
// [ObjectBuilder] or [NewObject].
type Object struct {
	members []Member
	// index finds the members of large objects; small ones are searched.
	index map[string]int32
}

// Member is one entry of an [Object].
type Member struct {
	Key   string
	Value Value
}

// indexFrom is the size from which on a map beats comparing keys one by one.
const indexFrom = 20

// NewObject returns an object of the given members, in that order. Of members with one key the last value counts, at
// the place of the first, as in Python and JavaScript. It takes over the slice, which must not change afterwards.
func NewObject(members ...Member) *Object {
	o := &Object{members: members}
	if len(members) >= indexFrom {
		return o.indexed()
	}
	for i := 1; i < len(members); i++ {
		for j := range i {
			if members[j].Key == members[i].Key {
				return o.indexed()
			}
		}
	}
	return o
}

// indexed builds the index and drops repeated keys.
func (o *Object) indexed() *Object {
	members := o.members
	o.index = make(map[string]int32, len(members))
	o.members = members[:0:len(members)]
	for _, m := range members {
		if i, ok := o.index[m.Key]; ok {
			o.members[i].Value = m.Value
			continue
		}
		o.index[m.Key] = int32(len(o.members))
		o.members = append(o.members, m)
	}
	return o
}

// replaced returns an object of other values for the same keys.
func (o *Object) replaced(members []Member) *Object { return &Object{members: members, index: o.index} }

// Obj is shorthand for NewObject(members...).Of().
func Obj(members ...Member) Value { return NewObject(members...).Of() }

// Len returns the number of members.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.members)
}

// At returns the i-th member.
func (o *Object) At(i int) Member { return o.members[i] }

// Get returns the value of a key.
func (o *Object) Get(key string) (Value, bool) {
	if o == nil {
		return Null, false
	}
	if o.index != nil {
		i, ok := o.index[key]
		if !ok {
			return Null, false
		}
		return o.members[i].Value, true
	}
	for i := range o.members {
		if o.members[i].Key == key {
			return o.members[i].Value, true
		}
	}
	return Null, false
}

// All yields the members in order.
func (o *Object) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if o == nil {
			return
		}
		for i := range o.members {
			if !yield(o.members[i].Key, o.members[i].Value) {
				return
			}
		}
	}
}

// With returns a copy of o in which key has the given value: at its old place, or at the end if it is new.
func (o *Object) With(key string, v Value) *Object {
	members := make([]Member, 0, o.Len()+1)
	if o != nil {
		members = append(members, o.members...)
	}
	for i := range members {
		if members[i].Key == key {
			members[i].Value = v
			return o.replaced(members)
		}
	}
	return NewObject(append(members, Member{key, v})...)
}

// Without returns a copy of o that lacks the given key.
func (o *Object) Without(key string) *Object {
	members := make([]Member, 0, o.Len())
	for k, v := range o.All() {
		if k != key {
			members = append(members, Member{k, v})
		}
	}
	return NewObject(members...)
}

func (o *Object) equal(p *Object) bool {
	if o.Len() != p.Len() {
		return false
	}
	for k, v := range o.All() {
		w, ok := p.Get(k)
		if !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}

// ObjectBuilder collects members in order. Its zero value is ready to use.
type ObjectBuilder struct{ members []Member }

// Set adds a member; see [NewObject] for repeated keys.
func (b *ObjectBuilder) Set(key string, v Value) { b.members = append(b.members, Member{key, v}) }

// Len returns how many members were added.
func (b *ObjectBuilder) Len() int { return len(b.members) }

// Object returns the object and starts a new one.
func (b *ObjectBuilder) Object() *Object {
	o := NewObject(b.members...)
	b.members = nil
	return o
}

// Value is shorthand for b.Object().Of().
func (b *ObjectBuilder) Value() Value { return b.Object().Of() }
