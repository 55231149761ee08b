package jinja

import "strings"

// Names of the attributes that Python objects have, for the one question whether a name is among them: attributes hide
// the entries of a dict, and the attr filter tells them from names that mean nothing. None can be reached.

func nameSet(lists ...string) map[string]bool {
	set := map[string]bool{}
	for _, list := range lists {
		for _, name := range strings.Fields(list) {
			set[name] = true
		}
	}
	return set
}

const objectNames = `
__class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __init__
__init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__
__subclasshook__
`

const textNames = `
__add__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mod__ __mul__ __rmod__ __rmul__ capitalize casefold
center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit
isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition
removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip
swapcase title translate upper zfill
`

const markupNames = `
__html__ __html_format__ __module__ __radd__ __slots__ escape striptags unescape
`

const intNames = `
__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getnewargs__ __index__ __int__
__invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ __pow__ __radd__ __rand__ __rdivmod__ __rfloordiv__
__rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sub__
__truediv__ __trunc__ __xor__ as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator
real to_bytes
`

const floatNames = `
__abs__ __add__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getformat__ __getnewargs__ __int__
__mod__ __mul__ __neg__ __pos__ __pow__ __radd__ __rdivmod__ __rfloordiv__ __rmod__ __rmul__ __round__ __rpow__
__rsub__ __rtruediv__ __sub__ __truediv__ __trunc__ as_integer_ratio conjugate fromhex hex imag is_integer real
`

const complexNames = `
__abs__ __add__ __bool__ __complex__ __getnewargs__ __mul__ __neg__ __pos__ __pow__ __radd__ __rmul__ __rpow__
__rsub__ __rtruediv__ __sub__ __truediv__ conjugate imag real
`

const listNames = `
__add__ __class_getitem__ __contains__ __delitem__ __getitem__ __iadd__ __imul__ __iter__ __len__ __mul__ __reversed__
__rmul__ __setitem__ append clear copy count extend index insert pop remove reverse sort
`

const tupleNames = `
__add__ __class_getitem__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mul__ __rmul__ count index
`

const dictNames = `
__class_getitem__ __contains__ __delitem__ __getitem__ __ior__ __iter__ __len__ __or__ __reversed__ __ror__
__setitem__ clear copy fromkeys get items keys pop popitem setdefault update values
`

const noneNames = `
__bool__
`

const generatorNames = `
__del__ __iter__ __name__ __next__ __qualname__ close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw
`

const loopNames = `
__annotations__ __call__ __dict__ __iter__ __len__ __module__ __next__ __weakref__ _after _before _current _iterable
_iterator _last_changed_value _length _peek_next _recurse _to_iterator _undefined changed cycle depth depth0 first
index index0 last length nextitem previtem revindex revindex0
`

const groupNames = `
__annotations__ __match_args__ __module__ __orig_bases__ __slots__ _asdict _field_defaults _fields _make _replace
grouper list
`

var (
	textAttributes      = nameSet(objectNames, textNames)
	markupAttributes    = nameSet(objectNames, textNames, markupNames)
	intAttributes       = nameSet(objectNames, intNames)
	floatAttributes     = nameSet(objectNames, floatNames)
	complexAttributes   = nameSet(objectNames, complexNames)
	listAttributes      = nameSet(objectNames, listNames)
	tupleAttributes     = nameSet(objectNames, tupleNames)
	groupAttributes     = nameSet(objectNames, tupleNames, groupNames)
	dictAttributes      = nameSet(objectNames, dictNames)
	noneAttributes      = nameSet(objectNames, noneNames)
	generatorAttributes = nameSet(objectNames, generatorNames)
	loopAttributes      = nameSet(objectNames, loopNames)
)

// attributeNames returns the names of v's attributes.
func attributeNames(v val) map[string]bool {
	switch v := v.(type) {
	case nil:
		return noneAttributes
	case string:
		return textAttributes
	case markup:
		return markupAttributes
	case float64:
		return floatAttributes
	case complex128:
		return complexAttributes
	case *list:
		return listAttributes
	case *tuple:
		if v.group {
			return groupAttributes
		}
		return tupleAttributes
	case *dict:
		return dictAttributes
	case *generator:
		return generatorAttributes
	case *loop:
		return loopAttributes
	}
	if isInt(v) {
		return intAttributes
	}
	return nil
}
