package jinja

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// formatter is Python's text % arguments.
type formatter struct {
	rt     *meter
	w      writer
	escape bool // the text is safe, so what is put in is escaped
	args   []val
	next   int
	single bool // the arguments are one object, which may be used once
	keyed  val  // the object that %(name)s looks in, absent if there is none
}

// conversion is one %-conversion.
type conversion struct {
	left, sign, blank, alt, zero bool
	width, precision             int // precision is -1 if not given
	verb                         rune
}

// percent formats text with args, which may be a tuple, a dict or a single object.
func (m *meter) percent(text, args val) (val, error) {
	s, _ := textOf(text)
	if err := m.scan(len(s)); err != nil {
		return nil, err
	}
	f := &formatter{rt: m, w: writer{meter: m}, keyed: absent}
	_, f.escape = text.(markup)
	if t, ok := args.(*tuple); ok {
		f.args = t.items
	} else {
		f.args, f.single = []val{args}, true
	}
	switch args.(type) {
	case *dict, *list, *undefined:
		f.keyed = args
	}
	if err := f.run(s); err != nil {
		return nil, err
	}
	if f.next < len(f.args) && f.keyed == absent {
		return nil, typeError("not all arguments converted during string formatting")
	}
	return sameKind(text, string(f.w.buf)), nil
}

func (f *formatter) run(s string) error {
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return f.w.text(s)
		}
		f.w.buf = append(f.w.buf, s[:i]...)
		rest, err := f.convert(s[i+1:])
		if err != nil {
			return err
		}
		if err := f.w.checkSize(); err != nil {
			return err
		}
		s = rest
	}
}

// argument returns the next positional argument.
func (f *formatter) argument() (val, error) {
	if f.next >= len(f.args) {
		return nil, typeError("not enough arguments for format string")
	}
	f.next++
	return f.args[f.next-1], nil
}

// convert handles the conversion at the start of s and returns what follows it.
func (f *formatter) convert(s string) (rest string, err error) {
	if strings.HasPrefix(s, "%") {
		f.w.buf = append(f.w.buf, '%')
		return s[1:], nil
	}
	c := conversion{width: -1, precision: -1}
	if strings.HasPrefix(s, "(") {
		if s, err = f.key(s[1:]); err != nil {
			return "", err
		}
	}
	s = c.flags(s)
	if s, c.width, err = f.count(s, &c); err != nil {
		return "", err
	}
	if strings.HasPrefix(s, ".") {
		if s, c.precision, err = f.precision(s[1:]); err != nil {
			return "", err
		}
	}
	if s != "" && strings.IndexByte("hlL", s[0]) >= 0 {
		s = s[1:]
	}
	if s == "" {
		return "", raise("ValueError", "incomplete format")
	}
	verb, size := utf8.DecodeRuneInString(s)
	c.verb = verb
	rest = s[size:]
	v, err := f.argument()
	if err != nil {
		return "", err
	}
	return rest, f.format(&c, v)
}

// key looks up the argument named in parentheses; from then on it is the only one.
func (f *formatter) key(s string) (rest string, err error) {
	if f.keyed == absent {
		return "", typeError("format requires a mapping")
	}
	depth, end := 1, -1
	for i := 0; i < len(s) && end < 0; i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				end = i
			}
		}
	}
	if end < 0 {
		return "", raise("ValueError", "incomplete format key")
	}
	switch m := f.keyed.(type) {
	case *dict:
		v, ok := m.get(s[:end])
		if !ok {
			return "", raise("KeyError", "%s", quote(s[:end]))
		}
		f.args, f.next, f.single = []val{v}, 0, true
	case *undefined:
		return "", m.fail()
	default:
		return "", typeError("list indices must be integers or slices, not str")
	}
	return s[end+1:], nil
}

func (c *conversion) flags(s string) string {
	for ; s != ""; s = s[1:] {
		switch s[0] {
		case '-':
			c.left = true
		case '+':
			c.sign = true
		case ' ':
			c.blank = true
		case '#':
			c.alt = true
		case '0':
			c.zero = true
		default:
			return s
		}
	}
	return s
}

// count reads a width: digits, or a star that takes it from the arguments.
func (f *formatter) count(s string, c *conversion) (rest string, n int, err error) {
	if strings.HasPrefix(s, "*") {
		v, err := f.argument()
		if err != nil {
			return "", 0, err
		}
		if !isInt(v) {
			return "", 0, typeError("* wants int")
		}
		n, err := index(v)
		if err != nil {
			return "", 0, err
		}
		if n < 0 {
			c.left, n = true, -n
		}
		return s[1:], n, nil
	}
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 {
		return s, -1, nil
	}
	n, err = strconv.Atoi(s[:digits])
	if err != nil {
		return "", 0, raise("ValueError", "width too big")
	}
	return s[digits:], n, nil
}

func (f *formatter) precision(s string) (string, int, error) {
	var c conversion
	rest, n, err := f.count(s, &c)
	if c.left { // a negative one counts as none
		n = 0
	}
	if err == nil && n > math.MaxInt32 {
		err = raise("ValueError", "precision too big")
		if strings.HasPrefix(s, "*") {
			err = raise("OverflowError", "Python int too large to convert to C int")
		}
	}
	return rest, max(n, 0), err
}

// format converts v and pads it.
func (f *formatter) format(c *conversion, v val) error {
	switch c.verb {
	case 's', 'r', 'a':
		text, err := f.text(c.verb, v)
		if err != nil {
			return err
		}
		if c.precision >= 0 {
			text = text[:byteIndex(text, c.precision)]
		}
		return f.pad(c, "", "", text, false)
	case 'c':
		text, err := f.character(v)
		if err != nil {
			return err
		}
		return f.pad(c, "", "", text, false)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return f.integer(c, v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return f.float(c, v)
	}
	return raise("ValueError", "unsupported format character '%c' (0x%x) at index %d", c.verb, c.verb, len(f.w.buf))
}

func (f *formatter) text(verb rune, v val) (string, error) {
	if verb == 's' {
		if f.escape {
			if m, ok := v.(markup); ok {
				return string(m), nil
			}
		}
		s, err := f.rt.str(v)
		if f.escape {
			s = escapeHTML(s)
		}
		return s, err
	}
	s, err := f.rt.repr(v)
	if f.escape {
		s = escapeHTML(s)
	}
	if verb == 'a' {
		s = asciiOnly(s)
	}
	return s, err
}

func asciiOnly(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteString(backslashReplace(r))
		}
	}
	return b.String()
}

func (f *formatter) character(v val) (string, error) {
	if f.escape {
		return "", typeError("%%c requires int or char")
	}
	if s, ok := textOf(v); ok && runeCount(s) == 1 {
		return s, nil
	}
	n, ok := asBig(v)
	if !ok {
		return "", typeError("%%c requires int or char")
	}
	if n.Sign() < 0 || !n.IsInt64() || n.Int64() > utf8.MaxRune {
		return "", raise("OverflowError", "%%c arg not in range(0x110000)")
	}
	return string(rune(n.Int64())), nil
}

func (f *formatter) integer(c *conversion, v val) error {
	n, err := f.toInteger(c.verb, v)
	if err != nil {
		return err
	}
	base, prefix := 10, ""
	switch c.verb {
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0"+string(c.verb)
	}
	if base == 10 && tooManyDigits(n) {
		return raise("ValueError", "Exceeds the limit (%d digits) for integer string conversion", maxDigits)
	}
	digits := new(big.Int).Abs(n).Text(base)
	if c.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	if short := c.precision - len(digits); short > 0 {
		if err := f.rt.size(short); err != nil {
			return err
		}
		digits = strings.Repeat("0", short) + digits
	}
	if !c.alt {
		prefix = ""
	}
	return f.pad(c, c.signOf(n.Sign() < 0), prefix, digits, true)
}

// toInteger reads a number for an integer conversion; safe texts read through a helper that knows no index.
func (f *formatter) toInteger(verb rune, v val) (*big.Int, error) {
	decimal := verb == 'd' || verb == 'i' || verb == 'u'
	if n, ok := asBig(v); ok && (decimal || !f.escape) {
		return n, nil
	}
	_, isText := textOf(v)
	_, isFloat := v.(float64)
	_, isUndefined := v.(*undefined)
	if decimal && (isFloat || isUndefined || isText && f.escape) {
		n, err := (&runtime{meter: f.rt}).toInt(v, int64(10))
		if err != nil {
			return nil, err
		}
		big, _ := asBig(n)
		return big, nil
	}
	if decimal {
		return nil, typeError("%%%c format: a real number is required, not %s", verb, typeName(v))
	}
	return nil, typeError("%%%c format: an integer is required, not %s", verb, typeName(v))
}

func (c *conversion) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case c.sign:
		return "+"
	case c.blank:
		return " "
	}
	return ""
}

func (f *formatter) float(c *conversion, v val) error {
	x, err := f.toFloat(v)
	if err != nil {
		return err
	}
	precision := c.precision
	if precision < 0 {
		precision = 6
	}
	if err := f.rt.size(precision); err != nil {
		return err
	}
	digits := c.floatDigits(math.Abs(x), precision)
	if c.verb < 'a' {
		digits = strings.ToUpper(digits)
	}
	return f.pad(c, c.signOf(math.Signbit(x) && !math.IsNaN(x)), "", digits, true)
}

func (f *formatter) toFloat(v val) (float64, error) {
	if _, ok := textOf(v); ok && !f.escape {
		return 0, typeError("must be real number, not %s", typeName(v))
	}
	return (&runtime{meter: f.rt}).toFloat(v)
}

// floatDigits writes x >= 0 as C does.
func (c *conversion) floatDigits(x float64, precision int) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return string(appendFloat(nil, x))
	}
	verb := byte(c.verb | 0x20)
	if verb != 'g' {
		s := strconv.FormatFloat(x, verb, precision, 64)
		if c.alt && precision == 0 {
			s = withPoint(s)
		}
		return s
	}
	precision = max(precision, 1)
	s := strconv.FormatFloat(x, 'e', precision-1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	n, _ := strconv.Atoi(exponent)
	if n >= -4 && n < precision {
		mantissa, exponent = strconv.FormatFloat(x, 'f', precision-1-n, 64), ""
	} else {
		exponent = "e" + exponent
	}
	if c.alt {
		return withPoint(mantissa + exponent)
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	return mantissa + exponent
}

// withPoint gives a number a decimal point.
func withPoint(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	if i := strings.IndexByte(s, 'e'); i >= 0 {
		return s[:i] + "." + s[i:]
	}
	return s + "."
}

// pad writes sign, prefix and digits in the conversion's width; numbers may be filled with zeros after the sign.
func (f *formatter) pad(c *conversion, sign, prefix, digits string, number bool) error {
	fill := max(c.width-len(sign)-len(prefix)-runeCount(digits), 0)
	if err := f.rt.size(fill + len(digits)); err != nil {
		return err
	}
	zero := number && c.zero
	if !c.left && !zero {
		f.w.buf = append(f.w.buf, strings.Repeat(" ", fill)...)
	}
	f.w.buf = append(append(f.w.buf, sign...), prefix...)
	if !c.left && zero {
		f.w.buf = append(f.w.buf, strings.Repeat("0", fill)...)
	}
	f.w.buf = append(f.w.buf, digits...)
	if c.left {
		f.w.buf = append(f.w.buf, strings.Repeat(" ", fill)...)
	}
	return nil
}
