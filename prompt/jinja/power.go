package jinja

import (
	"math"
	"math/big"
)

// powerFloats is Python's ** of two floats. math.Pow may be off in the last digit, which Python's is not, so the result
// is computed with more digits and rounded once.
func powerFloats(x, y float64) (val, error) {
	if x == 0 && y < 0 {
		return nil, divisionByZero("0.0 cannot be raised to a negative power")
	}
	f := math.Pow(x, y)
	if x < 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) && y != math.Trunc(y) {
		return powerComplex(complex(x, 0), complex(y, 0))
	}
	if math.IsInf(f, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, raise("OverflowError", "(34, 'Numerical result out of range')")
	}
	if special(x) || special(y) || special(f) || x == 1 {
		return f, nil
	}
	return precisePower(x, y), nil
}

// special numbers need no more digits.
func special(f float64) bool { return f == 0 || math.IsInf(f, 0) || math.IsNaN(f) }

// powerPrecision leaves more than a hundred bits after the largest exponent of a float took its share.
const powerPrecision = 192

func newFloat() *big.Float { return new(big.Float).SetPrec(powerPrecision) }

// precisePower is x**y for finite x != 0 and an integral y if x < 0.
func precisePower(x, y float64) float64 {
	negative := x < 0 && math.Mod(y, 2) != 0
	log := logarithm(math.Abs(x))
	result := exponential(log.Mul(log, newFloat().SetFloat64(y)))
	f, _ := result.Float64()
	if negative {
		return -f
	}
	return f
}

// ln2 is the natural logarithm of two.
var ln2, _ = newFloat().SetString(
	"0.693147180559945309417232121458176568075500134360255254120680009493393621969694715605863326996418687")

// logarithm is the natural logarithm of x > 0: e*ln2 plus the series of 2*atanh((m-1)/(m+1)) for a mantissa near 1.
func logarithm(x float64) *big.Float {
	frac, exp := math.Frexp(x)
	if frac < math.Sqrt2/2 {
		frac, exp = frac*2, exp-1
	}
	m := newFloat().SetFloat64(frac)
	one := newFloat().SetInt64(1)
	z := newFloat().Quo(newFloat().Sub(m, one), newFloat().Add(m, one))
	square := newFloat().Mul(z, z)
	sum, term := newFloat(), z
	for k := int64(1); term.Sign() != 0 && term.MantExp(nil) > -powerPrecision; k += 2 {
		sum.Add(sum, newFloat().Quo(term, newFloat().SetInt64(k)))
		term = newFloat().Mul(term, square)
	}
	sum.Mul(sum, newFloat().SetInt64(2))
	return sum.Add(sum, newFloat().Mul(ln2, newFloat().SetInt64(int64(exp))))
}

// exponential is e**x: x is split into k*ln2 and a small rest, whose series is squared back.
func exponential(x *big.Float) *big.Float {
	quotient, _ := newFloat().Quo(x, ln2).Float64()
	k := math.Round(quotient)
	const halvings = 8
	rest := newFloat().Sub(x, newFloat().Mul(ln2, newFloat().SetFloat64(k)))
	rest.SetMantExp(rest, -halvings)
	sum, term := newFloat().SetInt64(1), newFloat().SetInt64(1)
	for n := int64(1); term.Sign() != 0 && term.MantExp(nil) > -powerPrecision; n++ {
		term = newFloat().Quo(newFloat().Mul(term, rest), newFloat().SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(k))
}

// powerComplex follows CPython: small integral exponents multiply, others go through polar coordinates.
func powerComplex(x, y complex128) (val, error) {
	const most = 100
	n := real(y)
	switch {
	case imag(y) == 0 && n == math.Trunc(n) && math.Abs(n) <= most:
		if n >= 0 {
			return repeatProduct(x, int(n)), nil
		}
		if x == 0 {
			return nil, divisionByZero("0.0 to a negative or complex power")
		}
		return divideComplex(1, repeatProduct(x, int(-n))), nil
	case x == 0:
		if imag(y) != 0 || n < 0 {
			return nil, divisionByZero("0.0 to a negative or complex power")
		}
		return complex(0, 0), nil
	}
	length := math.Hypot(real(x), imag(x))
	angle := math.Atan2(imag(x), real(x))
	radius, phase := precisePower(length, n), angle*n
	if imag(y) != 0 {
		radius *= math.Exp(-angle * imag(y))
		phase += imag(y) * math.Log(length)
	}
	sin, cos := sinCos(phase)
	result := complex(radius*cos, radius*sin)
	if special(radius) && radius != 0 {
		return nil, raise("OverflowError", "complex exponentiation")
	}
	return result, nil
}

// multiplyComplex and divideComplex are written out, because Go treats infinities in other ways than Python.
func multiplyComplex(x, y complex128) complex128 {
	return complex(float64(real(x)*real(y))-float64(imag(x)*imag(y)), float64(real(x)*imag(y))+float64(imag(x)*real(y)))
}

func divideComplex(x, y complex128) complex128 {
	if math.Abs(real(y)) >= math.Abs(imag(y)) {
		ratio := imag(y) / real(y)
		denominator := real(y) + float64(imag(y)*ratio)
		return complex((real(x)+float64(imag(x)*ratio))/denominator, (imag(x)-float64(real(x)*ratio))/denominator)
	}
	ratio := real(y) / imag(y)
	denominator := float64(real(y)*ratio) + imag(y)
	return complex((float64(real(x)*ratio)+imag(x))/denominator, (float64(imag(x)*ratio)-real(x))/denominator)
}

func repeatProduct(x complex128, n int) complex128 {
	result := complex(1, 0)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = multiplyComplex(result, x)
		}
		x = multiplyComplex(x, x)
	}
	return result
}

// halfPi is a quarter of the circle, with digits to spare for large angles.
var halfPi, _ = new(big.Float).SetPrec(2 * powerPrecision).SetString("1.570796326794896619231321691639751442098584699687" +
	"552910487472296153908203143104499314017412671058533991074043256641153323546922304775291115862679704064240558725142")

// sinCos computes both with enough digits to round right, which math.Sincos does not.
func sinCos(x float64) (sin, cos float64) {
	wide := func() *big.Float { return new(big.Float).SetPrec(2 * powerPrecision) }
	quotient := wide().Quo(wide().SetFloat64(x), halfPi)
	quarter, _ := quotient.Add(quotient, wide().SetFloat64(math.Copysign(0.5, x))).Int(nil)
	rest := wide().Sub(wide().SetFloat64(x), wide().Mul(halfPi, wide().SetInt(quarter)))
	s, c := taylor(rest, 1), taylor(rest, 0)
	switch new(big.Int).And(quarter, big.NewInt(3)).Int64() {
	case 1:
		s, c = c, -s
	case 2:
		s, c = -s, -c
	case 3:
		s, c = -c, s
	}
	return s, c
}

// taylor sums the alternating series that starts with x to the power of first: the sine for 1, the cosine for 0.
func taylor(x *big.Float, first int64) float64 {
	term := newFloat().SetInt64(1)
	if first == 1 {
		term = newFloat().Set(x)
	}
	square := newFloat().Mul(x, x)
	sum := newFloat()
	for n := first; term.Sign() != 0 && term.MantExp(nil) > -2*powerPrecision; n += 2 {
		sum.Add(sum, term)
		term = newFloat().Quo(newFloat().Mul(term, square), newFloat().SetInt64(-(n+1)*(n+2)))
	}
	f, _ := sum.Float64()
	return f
}
