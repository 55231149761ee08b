package jinja

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

func htmlFilters() map[string]*filter {
	return map[string]*filter{
		"e":           positional("", filterEscape),
		"escape":      positional("", filterEscape),
		"forceescape": define("", filterForceEscape),
		"safe":        define("", filterSafe),
		"striptags":   define("", filterStripTags),
		"xmlattr":     define("autospace?", filterXMLAttr),
		"urlize":      define("trim_url_limit? nofollow? target? rel? extra_schemes?", filterURLize),
	}
}

var htmlEscaper = strings.NewReplacer("&", "&amp;", ">", "&gt;", "<", "&lt;", "'", "&#39;", `"`, "&#34;")

func escapeHTML(s string) string { return htmlEscaper.Replace(s) }

// escape makes safe HTML of v: what is safe already stays as it is.
func (rt *runtime) escape(v val) (markup, error) {
	if m, ok := v.(markup); ok {
		return m, nil
	}
	s, err := rt.str(v)
	return markup(escapeHTML(s)), err
}

// toMarkup declares v safe as it is.
func (rt *runtime) toMarkup(v val) (val, error) {
	s, err := rt.str(v)
	return markup(s), err
}

func filterEscape(rt *runtime, in val, _ []val) (val, error) {
	m, err := rt.escape(in)
	return m, err
}

func filterForceEscape(rt *runtime, in val, _ []val) (val, error) {
	s, err := rt.str(in)
	return markup(escapeHTML(s)), err
}

func filterSafe(rt *runtime, in val, _ []val) (val, error) { return rt.toMarkup(in) }

func filterStripTags(rt *runtime, in val, _ []val) (val, error) {
	s, err := rt.str(in)
	if err != nil {
		return nil, err
	}
	s = strings.Join(strings.FieldsFunc(dropTags(s), isSpace), " ")
	return unescapeHTML(s), nil
}

// dropTags removes tags and comments; what is not closed stays.
func dropTags(s string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			break
		}
		from, closer := start, ">"
		if strings.HasPrefix(s[start:], "<!--") {
			from, closer = start+4, "-->"
		}
		end := strings.Index(s[from:], closer)
		if end < 0 {
			break
		}
		b.WriteString(s[:start])
		s = s[from+end+len(closer):]
	}
	return b.String() + s
}

var reference = pattern(`&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)`)

// unescapeHTML is Python's html.unescape: as Go's, but for numbers that are no characters.
func unescapeHTML(s string) string {
	return reference().ReplaceAllStringFunc(s, func(ref string) string {
		if ref[1] != '#' {
			return html.UnescapeString(ref)
		}
		digits, base := strings.TrimSuffix(ref[2:], ";"), 10
		if digits[0] == 'x' || digits[0] == 'X' {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 64)
		if err != nil || n > utf8.MaxRune {
			return "\ufffd"
		}
		if n != '\r' && isNoCharacter(n) {
			return ""
		}
		return html.UnescapeString("&#" + strconv.FormatUint(n, 10) + ";")
	})
}

// isNoCharacter are the code points that html.unescape drops.
func isNoCharacter(n uint64) bool {
	switch {
	case n >= 1 && n <= 8, n >= 0xe && n <= 0x1f, n >= 0x7f && n <= 0x9f && !windows1252(n), n == 0xb:
		return true
	case n >= 0xfdd0 && n <= 0xfdef, n&0xfffe == 0xfffe:
		return true
	}
	return false
}

// windows1252 are the code points that stand for characters of that code page.
func windows1252(n uint64) bool { return n >= 0x80 && n <= 0x9f }

func filterXMLAttr(rt *runtime, in val, args []val) (val, error) {
	d, err := asDict(in, "items")
	if err != nil {
		return nil, err
	}
	var parts []string
	d.open()
	for i, key := range d.keys {
		v := d.vals[i]
		if v == nil || isUndefined(v) {
			continue
		}
		name, ok := textOf(key)
		if !ok {
			return nil, typeError("expected string or bytes-like object, got %s", quote(typeName(key)))
		}
		if strings.ContainsAny(name, " \t\n\r\f\v/>=") {
			return nil, raise("ValueError", "Invalid character in attribute name: %s", quote(name))
		}
		escapedKey, err := rt.escape(key)
		if err != nil {
			return nil, err
		}
		escaped, err := rt.escape(v)
		if err != nil {
			return nil, err
		}
		parts = append(parts, string(escapedKey)+`="`+string(escaped)+`"`)
	}
	text := strings.Join(parts, " ")
	space, err := rt.flag(args[0], true)
	if err != nil {
		return nil, err
	}
	if space && text != "" {
		text = " " + text
	}
	return rt.maybeSafe(text)
}

// The patterns are large, and few programs use them.
var (
	schemePattern = pattern(`^(?:[\p{L}\p{N}_.+-]{2,}:/{0,2})$`)
	urlPattern    = pattern(`(?i)^(?:(?:https?://|www\.)(?:(?:[\p{L}\p{N}_%-]+\.)+)?` +
		`(?:[a-z]{2,63}|xn--[\p{L}\p{N}_%]{2,59})` +
		`|(?:[\p{L}\p{N}_%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)` +
		`|https?://(?:\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){3}|\[(?:[\p{Nd}a-f]{0,4}:){2}(?:[\p{Nd}a-f]{0,4}:?){1,6}\]))` +
		`(?::\p{Nd}{1,5})?(?:[/?#]` + notSpace + `*)?$`)
	emailPattern = pattern(`^` + notSpace + `+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$`)
	urlHead      = pattern(`^(?:[(<]|&lt;)+`)
	urlTail      = pattern(`(?:[)>.,\n]|&gt;)+$`)
)

// pattern compiles a pattern when it is used first.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

const notSpace = `[^\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]`

// linker turns the URLs in a text into links.
type linker struct {
	rel, target string // ready attributes
	limit       val    // shown length, or nil
	schemes     []string
}

func filterURLize(rt *runtime, in val, args []val) (val, error) {
	l := &linker{limit: orElse(args[0], nil)}
	if err := l.attributes(rt, args[1], orElse(args[3], nil), orElse(args[2], nil)); err != nil {
		return nil, err
	}
	if err := l.extraSchemes(rt, orElse(args[4], nil)); err != nil {
		return nil, err
	}
	text, err := rt.escape(in)
	if err != nil {
		return nil, err
	}
	w := writer{meter: rt.meter}
	err = eachWord(string(text), func(word string, isSpace bool) error {
		if !isSpace {
			if word, err = l.word(rt, word); err != nil {
				return err
			}
		}
		return w.text(word)
	})
	if err != nil {
		return nil, err
	}
	return rt.maybeSafe(string(w.buf))
}

// attributes prepares the rel and target of links.
func (l *linker) attributes(rt *runtime, nofollow, rel, target val) error {
	rels := []string{"noopener"}
	if truth, err := rt.truth(rel); err != nil {
		return err
	} else if truth {
		s, ok := textOf(rel)
		if !ok {
			return raise("AttributeError", "%s object has no attribute 'split'", quote(typeName(rel)))
		}
		rels = append(rels, strings.FieldsFunc(s, isSpace)...)
	}
	if no, err := rt.flag(nofollow, false); err != nil {
		return err
	} else if no {
		rels = append(rels, "nofollow")
	}
	slices.Sort(rels)
	l.rel = ` rel="` + escapeHTML(strings.Join(slices.Compact(rels), " ")) + `"`
	truth, err := rt.truth(target)
	if err != nil || !truth {
		return err
	}
	escaped, err := rt.escape(target)
	l.target = ` target="` + string(escaped) + `"`
	return err
}

func (l *linker) extraSchemes(rt *runtime, schemes val) error {
	if schemes == nil {
		return nil
	}
	next, err := rt.iterate(schemes)
	if err != nil {
		return err
	}
	return each(next, func(item val) error {
		s, ok := textOf(item)
		if !ok {
			return typeError("expected string or bytes-like object, got %s", quote(typeName(item)))
		}
		if !schemePattern().MatchString(s) {
			return raise("FilterArgumentError", "%s is not a valid URI scheme prefix.", quote(s))
		}
		l.schemes = append(l.schemes, s)
		return nil
	})
}

// eachWord cuts a text into words and the white space between them.
func eachWord(s string, visit func(word string, space bool) error) error {
	for s != "" {
		space := false
		end := strings.IndexFunc(s, isSpace)
		switch {
		case end < 0:
			end = len(s)
		case end == 0:
			space = true
			end = len(s) - len(strings.TrimLeftFunc(s, isSpace))
		}
		if err := visit(s[:end], space); err != nil {
			return err
		}
		s = s[end:]
	}
	return nil
}

// word links one word if it is an address, punctuation around it left out.
func (l *linker) word(rt *runtime, word string) (string, error) {
	head := urlHead().FindString(word)
	middle := word[len(head):]
	tail := urlTail().FindString(middle)
	middle = middle[:len(middle)-len(tail)]
	middle, tail = balance(middle, tail)
	link, err := l.link(rt, middle)
	return head + link + tail, err
}

// balance takes closing brackets from the tail that belong to open ones in the middle.
func balance(middle, tail string) (string, string) {
	for _, pair := range [][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		open := strings.Count(middle, pair[0])
		if open <= strings.Count(middle, pair[1]) {
			continue
		}
		for range min(open, strings.Count(tail, pair[1])) {
			end := strings.Index(tail, pair[1]) + len(pair[1])
			middle, tail = middle+tail[:end], tail[end:]
		}
	}
	return middle, tail
}

func (l *linker) link(rt *runtime, s string) (string, error) {
	switch {
	case urlPattern().MatchString(s):
		shown, err := l.shown(rt, s)
		if err != nil {
			return "", err
		}
		address := s
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			address = "https://" + s
		}
		return `<a href="` + address + `"` + l.rel + l.target + `>` + shown + `</a>`, nil
	case strings.HasPrefix(s, "mailto:") && emailPattern().MatchString(s[7:]):
		return `<a href="` + s + `">` + s[7:] + `</a>`, nil
	case strings.Contains(s, "@") && !strings.HasPrefix(s, "www.") && !strings.HasPrefix(s, "@") &&
		!strings.Contains(s, ":") && emailPattern().MatchString(s):
		return `<a href="mailto:` + s + `">` + s + `</a>`, nil
	}
	for _, scheme := range l.schemes {
		if s != scheme && strings.HasPrefix(s, scheme) {
			s = `<a href="` + s + `"` + l.rel + l.target + `>` + s + `</a>`
		}
	}
	return s, nil
}

// shown cuts a long address.
func (l *linker) shown(rt *runtime, s string) (string, error) {
	if l.limit == nil {
		return s, nil
	}
	long, err := rt.order(">", int64(runeCount(s)), l.limit)
	if err != nil || !long {
		return s, err
	}
	cut, err := rt.slice(s, nil, l.limit, nil)
	if err != nil {
		return "", err
	}
	return cut.(string) + "...", nil
}
