package jinja

import (
	"strings"
	"unicode/utf8"
)

func textFilters() map[string]*filter {
	return map[string]*filter{
		"upper":      define("", mapText(upper)),
		"lower":      define("", mapText(lower)),
		"capitalize": define("", mapText(capitalize)),
		"title":      define("", filterTitle),
		"trim":       define("chars?", filterTrim),
		"center":     define("width?", filterCenter),
		"replace":    define("old new count?", filterReplace),
		"indent":     define("width? first? blank?", filterIndent),
		"truncate":   define("length? killwords? end? leeway?", filterTruncate),
		"wordwrap":   define("width? break_long_words? wrapstring? break_on_hyphens?", filterWordwrap),
		"wordcount":  define("", filterWordcount),
		"format":     {variadic: filterFormat},
		"string":     positional("", filterString),
		"urlencode":  define("", filterURLEncode),
	}
}

// mapText makes a filter of a function on texts; safe text stays safe.
func mapText(f func(string) string) func(*runtime, val, []val) (val, error) {
	return func(rt *runtime, in val, _ []val) (val, error) {
		v, s, err := rt.softText(in)
		if err != nil {
			return nil, err
		}
		return sameKind(v, f(s)), nil
	}
}

func filterString(rt *runtime, in val, _ []val) (val, error) {
	v, _, err := rt.softText(in)
	return v, err
}

// filterTitle makes the first letter of each word upper case; words begin after white space and - ( { [ <.
func filterTitle(rt *runtime, in val, _ []val) (val, error) {
	_, s, err := rt.softText(in)
	if err != nil {
		return nil, err
	}
	separator := func(r rune) bool { return isSpace(r) || strings.ContainsRune("-({[<", r) }
	var b strings.Builder
	for s != "" {
		end := strings.IndexFunc(s, separator)
		if end == 0 {
			end = len(s) - len(strings.TrimLeftFunc(s, separator))
		} else if end < 0 {
			end = len(s)
		}
		_, first := utf8.DecodeRuneInString(s)
		b.WriteString(upper(s[:first]))
		b.WriteString(lower(s[first:end]))
		s = s[end:]
	}
	return b.String(), nil
}

func filterTrim(rt *runtime, in val, args []val) (val, error) {
	v, s, err := rt.softText(in)
	if err != nil {
		return nil, err
	}
	chars := orElse(args[0], nil)
	if chars == nil {
		return sameKind(v, strings.TrimFunc(s, isSpace)), nil
	}
	cut, ok := textOf(chars)
	if !ok {
		return nil, typeError("strip arg must be None or str, not %s", typeName(chars))
	}
	return sameKind(v, strings.Trim(s, cut)), nil
}

func filterCenter(rt *runtime, in val, args []val) (val, error) {
	v, s, err := rt.softText(in)
	if err != nil {
		return nil, err
	}
	width, err := index(orElse(args[0], int64(80)))
	if err != nil {
		return nil, err
	}
	pad := width - runeCount(s)
	if pad <= 0 {
		return v, nil
	}
	if err := rt.size(len(s) + pad); err != nil {
		return nil, err
	}
	left := pad/2 + pad&width&1
	return sameKind(v, strings.Repeat(" ", left)+s+strings.Repeat(" ", pad-left)), nil
}

func filterReplace(rt *runtime, in val, args []val) (val, error) {
	count := -1
	if n := orElse(args[2], nil); n != nil {
		var err error
		if count, err = index(n); err != nil {
			return nil, err
		}
	}
	if escaping, err := rt.escaping(); err != nil {
		return nil, err
	} else if escaping {
		return rt.replaceEscaped(in, args[0], args[1], count)
	}
	s, err := rt.str(in)
	if err != nil {
		return nil, err
	}
	return rt.replace(s, args[0], args[1], count)
}

func (rt *runtime) replace(s string, old, replacement val, count int) (val, error) {
	from, err := rt.str(old)
	if err != nil {
		return nil, err
	}
	to, err := rt.str(replacement)
	if err != nil {
		return nil, err
	}
	return rt.replaceText(s, from, to, count)
}

// replaceText replaces within the limits.
func (rt *runtime) replaceText(s, from, to string, count int) (string, error) {
	n := strings.Count(s, from)
	if count >= 0 {
		n = min(n, count)
	}
	if grow := len(to) - len(from); grow > 0 {
		if err := rt.product(n, grow); err != nil {
			return "", err
		}
	}
	return strings.Replace(s, from, to, count), nil
}

// replaceEscaped is replace where escaping is on.
func (rt *runtime) replaceEscaped(in, old, replacement val, count int) (val, error) {
	_, safe1 := old.(markup)
	_, safe2 := replacement.(markup)
	_, safe := in.(markup)
	var s val
	var err error
	if safe1 || safe2 && !safe {
		s, err = rt.escape(in)
	} else {
		s, _, err = rt.softText(in)
	}
	if err != nil {
		return nil, err
	}
	text, _ := textOf(s)
	_, from, err := rt.softText(old)
	if err != nil {
		return nil, err
	}
	soft, to, err := rt.softText(replacement)
	if err != nil {
		return nil, err
	}
	if _, isMarkup := s.(markup); isMarkup {
		escaped, err := rt.escape(soft)
		if err != nil {
			return nil, err
		}
		to = string(escaped)
	}
	result, err := rt.replaceText(text, from, to, count)
	return sameKind(s, result), err
}

func filterIndent(rt *runtime, in val, args []val) (val, error) {
	indentation, isText := textOf(orElse(args[0], int64(4)))
	if !isText {
		v, err := rt.operate("*", " ", orElse(args[0], int64(4)))
		if err != nil {
			return nil, err
		}
		indentation = v.(string)
	}
	s, ok := textOf(in)
	if !ok {
		if _, ok := in.(*list); ok { // Python would add the newline to the list
			return nil, raise("AttributeError", "'list' object has no attribute 'splitlines'")
		}
		_, err := rt.operate("+", in, "\n")
		return nil, err
	}
	first, err := rt.flag(args[1], false)
	if err != nil {
		return nil, err
	}
	blank, err := rt.flag(args[2], false)
	if err != nil {
		return nil, err
	}
	text, err := rt.indent(s, indentation, first, blank)
	if err != nil {
		return nil, err
	}
	return sameKind(in, text), nil
}

func (rt *runtime) indent(s, indentation string, first, blank bool) (string, error) {
	lines := splitLines(s + "\n")
	if err := rt.product(len(lines), len(indentation)); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && first || i > 0 && (blank || line != "") {
			b.WriteString(indentation)
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

func filterTruncate(rt *runtime, in val, args []val) (val, error) {
	length, end := orElse(args[0], int64(255)), orElse(args[2], "...")
	leeway := orElse(args[3], nil)
	if leeway == nil {
		leeway = int64(5)
	}
	killWords, err := rt.flag(args[1], false)
	if err != nil {
		return nil, err
	}
	endLength, err := rt.length(end)
	if err != nil {
		return nil, err
	}
	if err := rt.assertAtLeast(length, int64(endLength), "length"); err != nil {
		return nil, err
	}
	if err := rt.assertAtLeast(leeway, int64(0), "leeway"); err != nil {
		return nil, err
	}
	n, err := rt.length(in)
	if err != nil {
		return nil, err
	}
	most, err := rt.operate("+", length, leeway)
	if err != nil {
		return nil, err
	}
	if short, err := rt.order("<=", int64(n), most); err != nil || short {
		return in, err
	}
	stop, err := rt.operate("-", length, int64(endLength))
	if err != nil {
		return nil, err
	}
	cut, err := rt.slice(in, nil, stop, nil)
	if err != nil {
		return nil, err
	}
	if !killWords {
		s, ok := textOf(cut)
		if !ok {
			return nil, raise("AttributeError", "%s object has no attribute 'rsplit'", quote(typeName(cut)))
		}
		if i := strings.LastIndexByte(s, ' '); i >= 0 {
			cut = sameKind(cut, s[:i])
		}
	}
	return rt.operate("+", cut, end)
}

func (rt *runtime) assertAtLeast(v, least val, name string) error {
	ok, err := rt.order(">=", v, least)
	if err == nil && !ok {
		err = raise("AssertionError", "expected %s >= %s, got %s", name, debugRepr(least), debugRepr(v))
	}
	return err
}

func filterWordcount(rt *runtime, in val, _ []val) (val, error) {
	_, s, err := rt.softText(in)
	if err != nil {
		return nil, err
	}
	count, inside := int64(0), false
	for _, r := range s {
		isWord := isWordRune(r)
		if isWord && !inside {
			count++
		}
		inside = isWord
	}
	return count, nil
}

func filterFormat(rt *runtime, in val, args callArgs) (val, error) {
	if _, ok := args.take("value"); ok {
		return nil, typeError("format got multiple values for argument 'value'")
	}
	if len(args.positional) > 0 && len(args.names) > 0 {
		return nil, raise("FilterArgumentError", "can't handle positional and keyword arguments at the same time")
	}
	v, _, err := rt.softText(in)
	if err != nil {
		return nil, err
	}
	if len(args.names) == 0 {
		return rt.percent(v, newTuple(args.positional...))
	}
	d := newDict()
	for i, name := range args.names {
		d.set(name, name, args.named[i])
	}
	return rt.percent(v, d)
}

func filterURLEncode(rt *runtime, in val, _ []val) (val, error) {
	var next nextFunc
	switch v := in.(type) {
	case *dict:
		next = rt.iterateItems(pairs(v))
	case *list, *tuple, *generator, *undefined, *loop:
		var err error
		if next, err = rt.iterate(in); err != nil {
			return nil, err
		}
	default:
		return rt.quoteURL(in, false)
	}
	var b strings.Builder
	err := each(next, func(item val) error {
		kv, err := rt.unpack(item, 2)
		if err != nil {
			return err
		}
		key, err := rt.quoteURL(kv[0], true)
		if err != nil {
			return err
		}
		v, err := rt.quoteURL(kv[1], true)
		if err != nil {
			return err
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(key + "=" + v)
		return rt.size(len(key) + len(v))
	})
	return b.String(), err
}

// quoteURL writes a text for a URL's path, or for its query.
func (rt *runtime) quoteURL(v val, query bool) (string, error) {
	s, err := rt.str(v)
	if err != nil {
		return "", err
	}
	b := make([]byte, 0, len(s)*2)
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.-~", c) >= 0,
			c == '/' && !query:
			b = append(b, c)
		case c == ' ' && query:
			b = append(b, '+')
		default:
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		}
	}
	return string(b), nil
}

// pairs returns the entries of a dict as tuples.
func pairs(d *dict) []val {
	d.open()
	items := make([]val, len(d.keys))
	for i, key := range d.keys {
		items[i] = newTuple(key, d.vals[i])
	}
	return items
}
