package value

import "strconv"

// SameType reports whether two types mean the same, by the rules of Agent Spec (json_schemas_have_same_type): unions
// are compared as sets, lists, dicts and objects by their parts; titles, defaults and enums do not count. Other than
// there, an object says the same whether it spells out that further properties are allowed or not.
func SameType(a, b *Type) bool {
	if a, b = a.declared(), b.declared(); a == b {
		return true
	}
	switch {
	case a.Kind == TypeUnion || b.Kind == TypeUnion:
		return a.membersIn(b, SameType) && b.membersIn(a, SameType)
	case a.isRecord() && b.isRecord():
		return sameRecord(a, b)
	case a.isRecord() || b.isRecord() || a.Kind != b.Kind:
		return false
	case a.Kind == TypeList:
		return SameType(a.item(), b.item())
	}
	return true
}

// alternatives returns the members of a union, and of another type that type alone.
func (t *Type) alternatives() []*Type {
	if t.Kind == TypeUnion {
		return t.Members
	}
	return []*Type{t}
}

// membersIn reports whether each alternative of t is related to some alternative of u.
func (t *Type) membersIn(u *Type, related func(a, b *Type) bool) bool {
	theirs := u.alternatives()
	for _, m := range t.alternatives() {
		found := false
		for i := 0; i < len(theirs) && !found; i++ {
			found = related(m, theirs[i])
		}
		if !found {
			return false
		}
	}
	return true
}

// isRecord reports whether Agent Spec calls t an object: a dict, an object, or the bare {"type": "object"}.
func (t *Type) isRecord() bool { return t.Kind == TypeDict || t.Kind == TypeObject || t.bareObject }

func sameRecord(a, b *Type) bool {
	if len(a.Properties) != len(b.Properties) || a.Closed != b.Closed {
		return false
	}
	for i := range a.Properties {
		q := b.property(a.Properties[i].Title)
		if q == nil || !SameType(a.Properties[i].Type, q.Type) {
			return false
		}
	}
	return SameType(a.Additional, b.Additional)
}

// CanCast reports whether an output of type from may be connected to an input of type to. That is the rule of Agent
// Spec (json_schema_is_castable_to) as far as a [Cast] can keep to it:
//
//   - everything goes to any and to string;
//   - booleans, integers and numbers go to one another;
//   - lists go to lists, dicts to dicts, objects to objects and dicts if their parts do; an object must have what the
//     target demands;
//   - every member of a union must go to the target, and to some member of a target that is a union;
//   - an unknown type (any) goes only to any, string, and unions that hold one of them.
//
// An enum of the target is checked when a value arrives, unless it is plain from the enum of the source that none can
// pass. That null is among the source's values only because it is its default does not count: null skips casts.
func CanCast(from, to *Type) bool {
	from, to = from.declared(), orAny(to)
	if from == to || from == to.base {
		return true
	}
	if enumsDisjoint(from, to) {
		return false
	}
	switch {
	case to.Kind == TypeString || to.Kind == TypeAny && !to.bareObject:
		return true
	case from.Kind == TypeUnion || to.Kind == TypeUnion:
		return from.membersIn(to, CanCast)
	case from.Kind == TypeAny && !from.bareObject:
		return to.bareObject
	case from.isRecord() && to.isRecord():
		return recordObstacle(from, to) == obstacle{}
	case from.isRecord() || to.isRecord():
		return false
	case from.isNumeric() && to.isNumeric():
		return true
	case from.Kind == TypeList && to.Kind == TypeList:
		return CanCast(from.item(), to.item())
	}
	return from.Kind == to.Kind
}

func (t *Type) isNumeric() bool {
	return t.Kind == TypeBoolean || t.Kind == TypeInteger || t.Kind == TypeNumber
}

// enumsDisjoint reports whether both types have enums, and no value of one is in the other, even after a cast.
func enumsDisjoint(from, to *Type) bool {
	if from.Enum == nil || to.Enum == nil {
		return false
	}
	for _, e := range from.Enum {
		if w, err := castKind(e, to, strict); err == nil && to.allows(w) {
			return false
		}
	}
	return true
}

// obstacle is what keeps an object or dict from being cast to another one; zero means nothing does.
type obstacle struct {
	kind     uint8 // one of the following, 0 for none
	key      string
	from, to *Type
}

const (
	lacks      = iota + 1 // the target demands a property that the source does not have
	mismatch              // a property exists in both, and cannot be cast
	extra                 // a property that only the source has cannot be cast to the target's further ones
	open                  // the source may have further properties, the target must not
	additional            // the further properties cannot be cast
	keys                  // the keys cannot be cast
)

func recordObstacle(from, to *Type) obstacle {
	for i := range to.Properties {
		q := &to.Properties[i]
		p := from.property(q.Title)
		switch {
		case p == nil && !q.HasDefault:
			return obstacle{kind: lacks, key: q.Title, to: q.Type}
		case p != nil && !CanCast(p.Type, q.Type):
			return obstacle{mismatch, q.Title, p.Type, q.Type}
		}
	}
	if to.Closed && !from.Closed {
		return obstacle{kind: open}
	}
	for i := range from.Properties {
		p := &from.Properties[i]
		if !to.Closed && to.property(p.Title) == nil && !CanCast(p.Type, to.Additional) {
			return obstacle{extra, p.Title, p.Type, to.Additional}
		}
	}
	switch {
	case !from.Closed && !CanCast(from.Additional, to.Additional):
		return obstacle{additional, "", from.Additional, to.Additional}
	case to.Keys != nil && !to.Keys.Fits(String("")) && !CanCast(from.Keys, to.Keys):
		return obstacle{keys, "", from.Keys, to.Keys}
	}
	return obstacle{}
}

// WhyNotCast explains to a person why [CanCast] refuses; it returns "" if it does not.
func WhyNotCast(from, to *Type) string {
	from, to = from.declared(), orAny(to)
	switch {
	case CanCast(from, to):
		return ""
	case enumsDisjoint(from, to):
		return "none of the source's values is " + to.String()
	case from.Kind == TypeUnion:
		return "it may be " + from.firstNotIn(to).inner() + ", which cannot become " + to.inner()
	case from.isRecord() && to.isRecord():
		return recordObstacle(from, to).String()
	case from.Kind == TypeList && to.Kind == TypeList:
		return "its items: " + WhyNotCast(from.item(), to.item())
	case from.Kind == TypeAny:
		return from.String() + " may hold anything, and is only taken by any and string, not by " + to.inner()
	}
	return from.String() + " cannot become " + to.String()
}

// firstNotIn returns the first member of a union that cannot be cast to u.
func (t *Type) firstNotIn(u *Type) *Type {
	for _, m := range t.Members {
		if !CanCast(m, u) {
			return m
		}
	}
	return t
}

// String explains the obstacle.
func (o obstacle) String() string {
	property := "property " + strconv.Quote(shorten(o.key))
	switch o.kind {
	case lacks:
		return "the source has no " + property + " (" + o.to.String() + ")"
	case mismatch:
		return property + ": " + WhyNotCast(o.from, o.to)
	case extra:
		return property + " is unknown to the target: " + WhyNotCast(o.from, o.to)
	case open:
		return "the source may have further properties, and the target allows none"
	case additional:
		return "further properties: " + WhyNotCast(o.from, o.to)
	default:
		return "keys: " + WhyNotCast(o.from, o.to)
	}
}

// NeedsCast reports whether a value of type from could need a change to fit type to. If not, [Cast] can be left out.
func NeedsCast(from, to *Type) bool { return !within(orAny(from), orAny(to)) }

// within reports whether every value that fits from fits to.
func within(from, to *Type) bool {
	if from == to || to.Kind == TypeAny && to.Enum == nil {
		return true
	}
	switch {
	case to.Enum != nil:
		return enumWithin(from, to)
	case from.Kind == TypeUnion || to.Kind == TypeUnion:
		return from.membersIn(to, within)
	case to.Kind == TypeInteger && from.Kind == TypeBoolean:
		return true
	case to.Vector:
		return from.Kind == TypeList && from.item().isNumeric()
	case from.Kind == TypeList && to.Kind == TypeList:
		return within(from.boundItem(), to.item())
	case to.Kind == TypeDict || to.Kind == TypeObject:
		return (from.Kind == TypeDict || from.Kind == TypeObject) && recordWithin(from, to)
	}
	return from.Kind == to.Kind
}

// boundItem returns a type that holds all items of a list of type t.
func (t *Type) boundItem() *Type {
	if t.Vector {
		return vectorItem
	}
	return t.item()
}

// vectorItem is what a vector really takes.
var vectorItem = UnionOf(NumberType, IntegerType)

func enumWithin(from, to *Type) bool {
	if from.Enum == nil {
		return false
	}
	for _, e := range from.Enum {
		if !to.Fits(e) {
			return false
		}
	}
	return true
}

func recordWithin(from, to *Type) bool {
	if to.Keys != nil && !within(orAny(from.Keys), to.Keys) && !within(StringType, to.Keys) {
		return false
	}
	for i := range to.Properties {
		q := &to.Properties[i]
		p := from.property(q.Title)
		if p == nil && (!q.HasDefault || !from.Closed && !within(orAny(from.Additional), orAny(q.Type))) {
			return false
		}
		if p != nil && (p.HasDefault && !q.HasDefault || !within(orAny(p.Type), orAny(q.Type))) {
			return false
		}
	}
	return extrasWithin(from, to)
}

// extrasWithin looks at the properties that to does not name.
func extrasWithin(from, to *Type) bool {
	for i := range from.Properties {
		p := &from.Properties[i]
		if to.property(p.Title) == nil && (to.Closed || !within(orAny(p.Type), orAny(to.Additional))) {
			return false
		}
	}
	return from.Closed || !to.Closed && within(orAny(from.Additional), orAny(to.Additional))
}
