package jinja

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

func numberFilters() map[string]*filter {
	return map[string]*filter{
		"abs":            positional("", filterAbs),
		"int":            define("default? base?", filterInt),
		"float":          define("default?", filterFloat),
		"round":          define("precision? method?", filterRound),
		"sum":            define("attribute? start?", filterSum),
		"filesizeformat": define("binary?", filterFileSize),
	}
}

func filterAbs(rt *runtime, in val, _ []val) (val, error) {
	switch v := in.(type) {
	case float64:
		return math.Abs(v), nil
	case complex128:
		return math.Hypot(real(v), imag(v)), nil
	}
	n, ok := asBig(in)
	if !ok {
		return nil, typeError("bad operand type for abs(): %s", quote(typeName(in)))
	}
	if n.Sign() < 0 {
		return normal(new(big.Int).Neg(n)), nil
	}
	return normal(n), nil
}

// isConversionError reports the errors that int and float answer with their default.
func isConversionError(err error, more ...string) bool {
	return hasClass(err, append(more, "TypeError", "ValueError")...)
}

func filterInt(rt *runtime, in val, args []val) (val, error) {
	n, err := rt.toInt(in, orElse(args[1], int64(10)))
	if err == nil || !isConversionError(err) {
		return n, err
	}
	f, err := rt.toFloat(in) // so that "42.23" gives 42
	if err == nil {
		n, err = floatToInt(f)
	}
	if isConversionError(err, "OverflowError") {
		return orElse(args[0], int64(0)), nil
	}
	return n, err
}

// toInt is Python's int(v, base); the base counts only for texts.
func (rt *runtime) toInt(v, base val) (val, error) {
	if s, ok := textOf(v); ok {
		b, err := index(base)
		if err != nil {
			return nil, err
		}
		if err := rt.scan(len(s)); err != nil {
			return nil, err
		}
		return rt.parseInt(s, b)
	}
	switch v := v.(type) {
	case float64:
		return floatToInt(v)
	case *undefined:
		return nil, v.fail()
	}
	if n, ok := asBig(v); ok {
		return normal(n), nil
	}
	return nil, typeError("int() argument must be a string, a bytes-like object or a real number, not %s",
		quote(typeName(v)))
}

func floatToInt(f float64) (val, error) {
	switch {
	case math.IsNaN(f):
		return nil, raise("ValueError", "cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		return nil, raise("OverflowError", "cannot convert float infinity to integer")
	case math.Abs(f) < 1<<62:
		return int64(f), nil
	}
	n, _ := big.NewFloat(f).Int(nil)
	return normal(n), nil
}

// toFloat is Python's float(v).
func (rt *runtime) toFloat(v val) (float64, error) {
	if s, ok := textOf(v); ok {
		if err := rt.scan(len(s)); err != nil {
			return 0, err
		}
		return parseFloat(s)
	}
	if u, ok := v.(*undefined); ok {
		return 0, u.fail()
	}
	f, ok, err := asFloat(v)
	if err != nil || ok {
		return f, err
	}
	return 0, typeError("float() argument must be a string or a real number, not %s", quote(typeName(v)))
}

// asciiNumber trims white space and replaces the digits of other scripts.
func asciiNumber(s string) string {
	s = strings.TrimFunc(s, isSpace)
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 || !unicode.Is(unicode.Nd, r) {
			return r
		}
		zero := r
		for unicode.Is(unicode.Nd, zero-1) {
			zero--
		}
		return '0' + (r-zero)%10
	}, s)
}

// parseInt reads an integer as Python's int does.
func (m *meter) parseInt(text string, base int) (val, error) {
	if base != 0 && (base < 2 || base > 36) {
		return nil, raise("ValueError", "int() base must be >= 2 and <= 36, or 0")
	}
	invalid := raise("ValueError", "invalid literal for int() with base %d: %s", base, debugRepr(text))
	s := asciiNumber(text)
	digits := strings.TrimPrefix(s, "-")
	if digits == s {
		digits = strings.TrimPrefix(s, "+")
	}
	negative := strings.HasPrefix(s, "-")
	digits, base, ok := cutBase(digits, base)
	if !ok {
		return nil, invalid
	}
	plain := strings.ReplaceAll(digits, "_", "")
	if plain == "" || strings.Contains(digits, "__") || strings.HasPrefix(digits, "_") ||
		strings.HasSuffix(digits, "_") || plain[0] == '+' || plain[0] == '-' {
		return nil, invalid
	}
	if base&(base-1) != 0 && len(plain) > maxDigits {
		return nil, raise("ValueError", "Exceeds the limit (%d digits) for integer string conversion", maxDigits)
	}
	if err := m.integerBound(len(plain)); err != nil {
		return nil, err
	}
	n, ok := new(big.Int).SetString(plain, base)
	if !ok {
		return nil, invalid
	}
	if negative {
		n.Neg(n)
	}
	return normal(n), nil
}

// cutBase removes the prefix that goes with a base, and finds the base where it is 0.
func cutBase(digits string, base int) (string, int, bool) {
	prefixes := map[string]int{"0x": 16, "0o": 8, "0b": 2}
	if len(digits) > 1 {
		if b, ok := prefixes[strings.ToLower(digits[:2])]; ok && (base == 0 || base == b) {
			return strings.TrimPrefix(digits[2:], "_"), b, true
		}
	}
	if base != 0 {
		return digits, base, true
	}
	zeros := strings.Trim(digits, "0_") == ""
	return digits, 10, zeros || !strings.HasPrefix(digits, "0")
}

var (
	floatText   = pattern(`^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$`)
	floatWord   = pattern(`(?i)^[+-]?(?:inf|infinity|nan)$`)
	underscored = pattern(`[0-9]_[0-9]`)
)

func parseFloat(text string) (float64, error) {
	s := asciiNumber(text)
	for underscored().MatchString(s) {
		s = underscored().ReplaceAllStringFunc(s, func(m string) string { return m[:1] + m[2:] })
	}
	switch {
	case floatText().MatchString(s):
		f, _ := strconv.ParseFloat(s, 64) // out of range is infinity, as in Python
		return f, nil
	case floatWord().MatchString(s):
		if strings.HasSuffix(strings.ToLower(s), "nan") {
			return math.NaN(), nil
		}
		f, _ := strconv.ParseFloat(s, 64)
		return f, nil
	}
	return 0, raise("ValueError", "could not convert string to float: %s", debugRepr(text))
}

func filterFloat(rt *runtime, in val, args []val) (val, error) {
	f, err := rt.toFloat(in)
	if isConversionError(err) {
		return orElse(args[0], 0.0), nil
	}
	return f, err
}

func filterRound(rt *runtime, in val, args []val) (val, error) {
	precision, method := orElse(args[0], int64(0)), orElse(args[1], "common")
	if _, err := rt.hashKey(method); err != nil {
		return nil, err
	}
	name, _ := textOf(method)
	switch name {
	case "common":
		return rt.round(in, precision)
	case "ceil", "floor":
		return rt.roundTo(in, precision, name)
	}
	return nil, raise("FilterArgumentError", "method must be common, ceil or floor")
}

// roundTo rounds up or down: the value times a power of ten, made an integer, divided by the same power.
func (rt *runtime) roundTo(in, precision val, method string) (val, error) {
	factor, err := rt.operate("**", int64(10), precision)
	if err != nil {
		return nil, err
	}
	v, err := rt.operate("*", in, factor)
	if err != nil {
		return nil, err
	}
	if f, ok := v.(float64); ok {
		if method == "ceil" {
			f = math.Ceil(f)
		} else {
			f = math.Floor(f)
		}
		if v, err = floatToInt(f); err != nil {
			return nil, err
		}
	} else if !isInt(v) {
		return nil, typeError("must be real number, not %s", typeName(v))
	}
	factor, err = rt.operate("**", int64(10), precision)
	if err != nil {
		return nil, err
	}
	return rt.operate("/", v, factor)
}

// round is Python's round(v, precision): half to even on the exact value.
func (rt *runtime) round(v, precision val) (val, error) {
	switch v := v.(type) {
	case float64:
		return roundFloat(v, precision)
	case *undefined:
		if precision != nil {
			if _, err := index(precision); err != nil {
				return nil, err
			}
		}
		return nil, typeError("type %s doesn't define __round__ method", typeName(v))
	}
	n, ok := asBig(v)
	if !ok {
		return nil, typeError("type %s doesn't define __round__ method", typeName(v))
	}
	if precision == nil {
		return normal(n), nil
	}
	digits, ok := asBig(precision)
	if !ok {
		return nil, typeError("%s object cannot be interpreted as an integer", quote(typeName(precision)))
	}
	if digits.Sign() >= 0 {
		return normal(n), nil
	}
	return rt.roundInteger(n, digits)
}

func (rt *runtime) roundInteger(n, digits *big.Int) (val, error) {
	if !digits.IsInt64() || -digits.Int64() > int64(rt.limits.IntegerBits) {
		return nil, exceeded("OverflowError", "IntegerBits", rt.limits.IntegerBits)
	}
	if err := rt.integerBound(int(-digits.Int64()) * 4); err != nil {
		return nil, err
	}
	unit := new(big.Int).Exp(big.NewInt(10), new(big.Int).Neg(digits), nil)
	quotient, rest := new(big.Int).DivMod(n, unit, new(big.Int))
	twice := rest.Lsh(rest, 1).Cmp(unit)
	if twice > 0 || twice == 0 && quotient.Bit(0) == 1 {
		quotient.Add(quotient, big.NewInt(1))
	}
	return normal(quotient.Mul(quotient, unit)), nil
}

func roundFloat(f float64, precision val) (val, error) {
	if precision == nil {
		return floatToInt(math.RoundToEven(f))
	}
	digits, err := index(precision)
	if err != nil {
		return nil, err
	}
	const most, least = 323, -308 // what a float can show
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0) || digits > most:
		return f, nil
	case digits < least:
		return 0 * f, nil
	case digits >= 0:
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', digits, 64), 64)
		return rounded, nil
	}
	exact, _ := big.NewFloat(math.Abs(f)).Rat(nil)
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-digits)), nil)
	q := new(big.Rat).Quo(exact, new(big.Rat).SetInt(unit))
	whole := new(big.Int).Quo(q.Num(), q.Denom())
	rest := new(big.Rat).Sub(q, new(big.Rat).SetInt(whole))
	half := rest.Cmp(big.NewRat(1, 2))
	if half > 0 || half == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(1))
	}
	rounded, _ := new(big.Float).SetInt(whole.Mul(whole, unit)).Float64()
	if math.IsInf(rounded, 0) {
		return nil, raise("OverflowError", "rounded value too large to represent")
	}
	return math.Copysign(rounded, f), nil
}

func filterSum(rt *runtime, in val, args []val) (val, error) {
	attribute := orElse(args[0], nil)
	next, err := rt.iterate(in)
	if err != nil {
		return nil, err
	}
	total := orElse(args[1], int64(0))
	if _, ok := textOf(total); ok {
		return nil, typeError("sum() can't sum strings [use ''.join(seq) instead]")
	}
	parts, err := rt.pathParts(attribute)
	if err != nil {
		return nil, err
	}
	err = each(next, func(item val) (err error) {
		if item, err = rt.access().path(item, parts, nil); err != nil {
			return err
		}
		total, err = rt.operate("+", total, item)
		return err
	})
	return total, err
}

func filterFileSize(rt *runtime, in val, args []val) (val, error) {
	size, err := rt.toFloat(in)
	if err != nil {
		return nil, err
	}
	binary, err := rt.flag(args[0], false)
	if err != nil {
		return nil, err
	}
	base, infix := 1000.0, ""
	if binary {
		base, infix = 1024, "i"
	}
	if size == 1 {
		return "1 Byte", nil
	}
	if size < base {
		n, err := floatToInt(size)
		if err != nil {
			return nil, err
		}
		whole, _ := asBig(n)
		return whole.String() + " Bytes", nil
	}
	prefixes := "kMGTPEZY"
	if binary {
		prefixes = "KMGTPEZY"
	}
	i, unit := 0, int64(base)
	exact := new(big.Int).Mul(big.NewInt(unit), big.NewInt(unit))
	for ; i < len(prefixes)-1; i++ {
		if order, unordered := compareNumbers(size, exact); order < 0 && !unordered {
			break
		}
		exact.Mul(exact, big.NewInt(unit))
	}
	divisor, _ := new(big.Float).SetInt(exact).Float64()
	return fixed(base*size/divisor, 1) + " " + prefixes[i:i+1] + infix + "B", nil
}

// fixed is Python's format of a float with a fixed number of decimals.
func fixed(f float64, decimals int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return string(appendFloat(nil, f))
	}
	return fmt.Sprintf("%.*f", decimals, f)
}
