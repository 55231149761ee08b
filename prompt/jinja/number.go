package jinja

import (
	"cmp"
	"math"
	"math/big"
)

// Python's numbers: integers of any size, floats, and the complex ones that powers of negative numbers make.
// A bool counts as an integer.

// normal returns n as int64 if it fits.
func normal(n *big.Int) val {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// asInt64 returns v as a small integer.
func asInt64(v val) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// asBig returns any integer.
func asBig(v val) (*big.Int, bool) {
	if n, ok := v.(*big.Int); ok {
		return n, true
	}
	n, ok := asInt64(v)
	return big.NewInt(n), ok
}

func isInt(v val) bool {
	switch v.(type) {
	case int64, bool, *big.Int:
		return true
	}
	return false
}

func isNumber(v val) bool {
	switch v.(type) {
	case float64, complex128:
		return true
	}
	return isInt(v)
}

// asFloat returns a real number as a float; an integer may be too large for one.
func asFloat(v val) (f float64, ok bool, err error) {
	switch v := v.(type) {
	case float64:
		return v, true, nil
	case *big.Int:
		f, err = bigToFloat(v)
		return f, true, err
	}
	n, ok := asInt64(v)
	return float64(n), ok, nil
}

func bigToFloat(n *big.Int) (float64, error) {
	f, _ := new(big.Float).SetInt(n).Float64()
	if math.IsInf(f, 0) {
		return 0, raise("OverflowError", "int too large to convert to float")
	}
	return f, nil
}

// asComplex returns a number that is no integer too large as a complex one.
func asComplex(v val) complex128 {
	if c, ok := v.(complex128); ok {
		return c
	}
	f, _, _ := asFloat(v) // its size was looked at
	return complex(f, 0)
}

// index returns an integer argument that must be one, as lengths and counts must.
func index(v val) (int, error) {
	if n, ok := asInt64(v); ok {
		return int(n), nil
	}
	if n, ok := v.(*big.Int); ok {
		return 0, raise("OverflowError", "Python int too large to convert to C ssize_t: %d bits", n.BitLen())
	}
	return 0, typeError("%s object cannot be interpreted as an integer", quote(typeName(v)))
}

// integerBound refuses integers that would get larger than allowed.
func (m *meter) integerBound(bits int) error {
	if bits > m.limits.IntegerBits || bits < 0 {
		return exceeded("OverflowError", "IntegerBits", m.limits.IntegerBits)
	}
	return m.scan(bits) // large numbers take time
}

// arithmetic applies a binary operator to two numbers; ok is false if one is none.
func (m *meter) arithmetic(op string, a, b val) (v val, ok bool, err error) {
	if !isNumber(a) || !isNumber(b) {
		return nil, false, nil
	}
	if isInt(a) && isInt(b) {
		v, err = m.integers(op, a, b)
		return v, true, err
	}
	x, real1, err := asFloat(a)
	if err != nil {
		return nil, true, err
	}
	y, real2, err := asFloat(b)
	if err != nil {
		return nil, true, err
	}
	if real1 && real2 {
		v, err = floats(op, x, y)
	} else {
		v, err = complexes(op, asComplex(a), asComplex(b))
	}
	return v, true, err
}

// integers applies an operator to two integers, on machine words where the result fits.
func (m *meter) integers(op string, a, b val) (val, error) {
	x, small1 := asInt64(a)
	y, small2 := asInt64(b)
	if small1 && small2 {
		if v, ok, err := smallIntegers(op, x, y); ok || err != nil {
			return v, err
		}
	}
	p, _ := asBig(a)
	q, _ := asBig(b)
	return m.bigIntegers(op, p, q)
}

// smallIntegers does what needs no more than 64 bits; ok is false where it might.
func smallIntegers(op string, x, y int64) (v val, ok bool, err error) {
	switch op {
	case "+":
		z := x + y
		return z, (z > x) == (y > 0), nil
	case "-":
		z := x - y
		return z, (z < x) == (y > 0), nil
	case "*":
		if x == math.MinInt64 || y == math.MinInt64 {
			return nil, false, nil
		}
		z := x * y
		return z, y == 0 || z/y == x, nil
	case "//", "%":
		if y == 0 {
			return nil, false, divisionByZero("integer division or modulo by zero")
		}
		if x == math.MinInt64 && y == -1 {
			return nil, false, nil
		}
		q, r := x/y, x%y
		if r != 0 && (r < 0) != (y < 0) {
			q, r = q-1, r+y
		}
		if op == "%" {
			return r, true, nil
		}
		return q, true, nil
	}
	return nil, false, nil
}

func divisionByZero(message string) error { return raise("ZeroDivisionError", "%s", message) }

func (m *meter) bigIntegers(op string, x, y *big.Int) (val, error) {
	z := new(big.Int)
	switch op {
	case "+":
		return m.bounded(z.Add(x, y))
	case "-":
		return m.bounded(z.Sub(x, y))
	case "*":
		if err := m.integerBound(x.BitLen() + y.BitLen()); err != nil {
			return nil, err
		}
		return normal(z.Mul(x, y)), nil
	case "/":
		return divideIntegers(x, y)
	case "**":
		return m.powerIntegers(x, y)
	}
	if y.Sign() == 0 {
		return nil, divisionByZero("integer division or modulo by zero")
	}
	if err := m.integerBound(max(x.BitLen(), y.BitLen())); err != nil {
		return nil, err
	}
	r := new(big.Int)
	z.QuoRem(x, y, r)
	if r.Sign() != 0 && r.Sign() != y.Sign() {
		z.Sub(z, big.NewInt(1))
		r.Add(r, y)
	}
	if op == "%" {
		return normal(r), nil
	}
	return normal(z), nil
}

func (m *meter) bounded(n *big.Int) (val, error) { return normal(n), m.integerBound(n.BitLen()) }

// divideIntegers is the true division, correctly rounded.
func divideIntegers(x, y *big.Int) (val, error) {
	if y.Sign() == 0 {
		return nil, divisionByZero("division by zero")
	}
	if x.Sign() == 0 {
		return math.Copysign(0, float64(y.Sign())), nil
	}
	f, _ := new(big.Rat).SetFrac(x, y).Float64()
	if math.IsInf(f, 0) {
		return nil, raise("OverflowError", "integer division result too large for a float")
	}
	return f, nil
}

func (m *meter) powerIntegers(x, y *big.Int) (val, error) {
	if y.Sign() < 0 {
		f, err := bigToFloat(x)
		if err != nil {
			return nil, err
		}
		g, err := bigToFloat(y)
		if err != nil {
			return nil, err
		}
		return powerFloats(f, g)
	}
	if x.BitLen() <= 1 { // -1, 0 and 1 stay small whatever the exponent
		return smallPower(x.Int64(), y), nil
	}
	if !y.IsInt64() || y.Int64() > int64(m.limits.IntegerBits) {
		return nil, exceeded("OverflowError", "IntegerBits", m.limits.IntegerBits)
	}
	if err := m.integerBound((x.BitLen() - 1) * int(y.Int64())); err != nil {
		return nil, err
	}
	return m.bounded(new(big.Int).Exp(x, y, nil))
}

func smallPower(x int64, y *big.Int) val {
	switch {
	case y.Sign() == 0 || x == 1:
		return int64(1)
	case x == 0:
		return int64(0)
	case y.Bit(0) == 0:
		return int64(1)
	default:
		return int64(-1)
	}
}

func floats(op string, x, y float64) (val, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "**":
		return powerFloats(x, y)
	}
	if y == 0 {
		return nil, divisionByZero(map[string]string{
			"/": "float division by zero", "//": "float floor division by zero", "%": "float modulo",
		}[op])
	}
	switch op {
	case "/":
		return x / y, nil
	case "//":
		return floorDivide(x, y), nil
	default:
		return modulo(x, y), nil
	}
}

// modulo has the sign of the divisor.
func modulo(x, y float64) float64 {
	mod := math.Mod(x, y)
	if mod == 0 {
		return math.Copysign(0, y)
	}
	if (y < 0) != (mod < 0) {
		mod += y
	}
	return mod
}

// floorDivide follows CPython step by step, so that it rounds alike.
func floorDivide(x, y float64) float64 {
	mod := math.Mod(x, y)
	div := (x - mod) / y
	if mod != 0 && (y < 0) != (mod < 0) {
		div--
	}
	if div == 0 {
		return math.Copysign(0, x/y)
	}
	floor := math.Floor(div)
	if div-floor > 0.5 {
		floor++
	}
	return floor
}

func complexes(op string, x, y complex128) (val, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		if y == 0 {
			return nil, divisionByZero("complex division by zero")
		}
		return divideComplex(x, y), nil
	case "**":
		return powerComplex(x, y)
	case "//":
		return nil, typeError("unsupported operand type(s) for //: 'complex'")
	default:
		return nil, typeError("unsupported operand type(s) for %%: 'complex'")
	}
}

// compareNumbers orders two real numbers exactly, however large; unordered is true if one is NaN.
func compareNumbers(a, b val) (order int, unordered bool) {
	x, small1 := asInt64(a)
	y, small2 := asInt64(b)
	if small1 && small2 {
		return cmp.Compare(x, y), false
	}
	f, float1 := a.(float64)
	g, float2 := b.(float64)
	switch {
	case math.IsNaN(f) || math.IsNaN(g):
		return 0, true
	case float1 && float2:
		return cmp.Compare(f, g), false
	case float1:
		return -compareIntFloat(b, f), false
	case float2:
		return compareIntFloat(a, g), false
	}
	p, _ := asBig(a)
	q, _ := asBig(b)
	return p.Cmp(q), false
}

func compareIntFloat(a val, g float64) int {
	if math.IsInf(g, 0) {
		return cmp.Compare(0, g)
	}
	p, _ := asBig(a)
	return new(big.Float).SetInt(p).Cmp(big.NewFloat(g))
}

// negate is unary minus.
func (m *meter) negate(v val) (val, error) {
	switch v := v.(type) {
	case float64:
		return -v, nil
	case complex128:
		return -v, nil
	case *undefined:
		return nil, v.fail()
	}
	if !isInt(v) {
		return nil, typeError("bad operand type for unary -: %s", quote(typeName(v)))
	}
	return m.integers("-", int64(0), v)
}

// positive is unary plus.
func positive(v val) (val, error) {
	switch v := v.(type) {
	case bool:
		n, _ := asInt64(v)
		return n, nil
	case *undefined:
		return nil, v.fail()
	}
	if !isNumber(v) {
		return nil, typeError("bad operand type for unary +: %s", quote(typeName(v)))
	}
	return v, nil
}
