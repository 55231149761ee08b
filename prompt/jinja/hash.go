package jinja

import (
	"math"
	"math/big"
)

// Keys of dicts. Two objects have the same hashKey exactly if Python takes them for the same key.
type (
	noneKey  struct{}
	bigKey   string
	tupleKey string
	// undefinedKey is shared by all lenient undefined values of a kind, which are equal to each other.
	undefinedKey undefinedKind
)

// hashKey returns a comparable Go value for v, or the error of an unhashable object.
func (m *meter) hashKey(v val) (any, error) {
	switch v := v.(type) {
	case nil:
		return noneKey{}, nil
	case string:
		return v, m.scan(len(v))
	case markup:
		return string(v), m.scan(len(v))
	case int64, bool:
		n, _ := asInt64(v)
		return n, nil
	case *big.Int:
		return bigKey(v.Text(62)), m.scan(v.BitLen())
	case float64:
		return floatKey(v), nil
	case complex128:
		if imag(v) == 0 {
			return floatKey(real(v)), nil
		}
		return v, nil
	case *tuple:
		key, err := m.appendTupleKey(nil, v, 0)
		return tupleKey(key), err
	case *undefined:
		return undefinedKey(v.kind), strictFail(v)
	case *list, *dict:
		return nil, typeError("unhashable type: %s", quote(typeName(v)))
	}
	return v, nil
}

// floatKey makes a float with an integral value the same key as that integer.
func floatKey(f float64) any {
	switch {
	case f != math.Trunc(f) || math.IsInf(f, 0):
		return f
	case math.Abs(f) < 1<<62:
		return int64(f)
	}
	n, _ := big.NewFloat(f).Int(nil)
	if n.IsInt64() {
		return n.Int64()
	}
	return bigKey(n.Text(62))
}

// appendTupleKey writes a tuple's items so that equal tuples, and only these, give the same text.
func (m *meter) appendTupleKey(b []byte, t *tuple, depth int) ([]byte, error) {
	if err := m.depth(depth); err != nil {
		return nil, err
	}
	b = append(b, '(')
	for _, item := range t.items {
		if inner, ok := item.(*tuple); ok {
			var err error
			if b, err = m.appendTupleKey(b, inner, depth+1); err != nil {
				return nil, err
			}
			continue
		}
		hash, err := m.hashKey(item)
		if err != nil {
			return nil, err
		}
		b = appendKey(b, hash)
		if len(b) > m.limits.Output {
			return nil, exceeded("MemoryError", "Output", m.limits.Output)
		}
	}
	return append(b, ')'), nil
}

func appendKey(b []byte, hash any) []byte {
	switch h := hash.(type) {
	case string:
		return append(appendQuoted(append(b, 's'), h), ',')
	case int64:
		return append(append(b, 'i'), itoa(int(h))+","...)
	case bigKey:
		return append(append(b, 'b'), string(h)+","...)
	case float64:
		return append(appendFloat(append(b, 'f'), h), ',')
	case noneKey:
		return append(b, 'n', ',')
	default:
		return append(b, 'o', ',')
	}
}
