package jinja

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	floatLiteral = pattern(
		`^(?:[0-9]+_)*[0-9]+(?:(?:\.(?:[0-9]+_)*[0-9]+)?[eE][+-]?(?:[0-9]+_)*[0-9]+|\.(?:[0-9]+_)*[0-9]+)`)
	integerLiteral = pattern(
		`^(?:0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*)`)
	stringLiteral = pattern(`(?s)^(?:'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")`)
)

// maxDigits is Python's bound on the decimal digits of an integer that is read or printed.
const maxDigits = 4300

// number reads a float or an integer. After a dot only an integer is possible, so that x.1.2 is two steps.
func (lx *lexer) number(rest string) error {
	afterDot := lx.pos > 0 && lx.src.text[lx.pos-1] == '.'
	if m := floatLiteral().FindString(rest); m != "" && !afterDot {
		f, _ := strconv.ParseFloat(strings.ReplaceAll(m, "_", ""), 64) // out of range is infinity, as in Python
		lx.pending = append(lx.pending, token{kind: tokFloat, num: f, pos: lx.pos})
		lx.pos += len(m)
		return nil
	}
	m := integerLiteral().FindString(rest)
	n, err := integerText(strings.ReplaceAll(m, "_", ""))
	if err != nil {
		return lx.src.fail("ValueError", lx.pos, "%s", err)
	}
	lx.pending = append(lx.pending, token{kind: tokInteger, num: n, pos: lx.pos})
	lx.pos += len(m)
	return nil
}

// integerText reads the digits of a literal with its base prefix.
func integerText(digits string) (val, error) {
	if n, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return n, nil
	}
	prefixed := len(digits) > 1 && digits[1] > '9'
	if !prefixed && len(digits) > maxDigits {
		return nil, fmt.Errorf("an integer of %d digits exceeds the limit of %d", len(digits), maxDigits)
	}
	n, _ := new(big.Int).SetString(digits, 0)
	return normal(n), nil
}

func (lx *lexer) string(rest string) error {
	m := stringLiteral().FindString(rest)
	if m == "" {
		return lx.src.fail("TemplateSyntaxError", lx.pos, "unexpected char %s at %d", quote(rest[:1]), lx.pos)
	}
	text, err := unescape(m[1 : len(m)-1])
	if err != nil {
		return lx.src.fail("TemplateSyntaxError", lx.pos, "%s", err)
	}
	lx.emit(tokString, text, lx.pos)
	lx.pos += len(m)
	return nil
}

// simpleEscapes are the escapes of one letter.
var simpleEscapes = map[byte]string{
	'\n': "", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t",
	'v': "\v",
}

// unescape reads the escapes of a string literal. The reference first writes characters beyond ASCII as escapes and
// then decodes all of them, so that a backslash before such a character leaves the letters of its escape.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		text, size, err := escapeSequence(s[i:])
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		i += size
	}
	return b.String(), nil
}

// escapeSequence reads the escape at the start of s.
func escapeSequence(s string) (text string, size int, err error) {
	c := s[1]
	if text, ok := simpleEscapes[c]; ok {
		return text, 2, nil
	}
	switch {
	case c == 'x':
		return hexEscape(s, 2)
	case c == 'u':
		return hexEscape(s, 4)
	case c == 'U':
		return hexEscape(s, 8)
	case c == 'N':
		return "", 0, fmt.Errorf("character names in strings are not supported, write the character itself")
	case c >= '0' && c <= '7':
		end := 2
		for end < len(s) && end < 4 && s[end] >= '0' && s[end] <= '7' {
			end++
		}
		n, _ := strconv.ParseUint(s[1:end], 8, 16)
		return string(rune(n)), end, nil
	case c >= utf8.RuneSelf:
		r, n := utf8.DecodeRuneInString(s[1:])
		return backslashReplace(r), 1 + n, nil
	}
	return s[:2], 2, nil
}

// backslashReplace writes a character as Python's error handler of that name does.
func backslashReplace(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}

func hexEscape(s string, digits int) (string, int, error) {
	end := 2
	for end < len(s) && end < 2+digits && isHex(s[end]) {
		end++
	}
	if end < 2+digits {
		form := map[int]string{2: `\xXX`, 4: `\uXXXX`, 8: `\UXXXXXXXX`}[digits]
		return "", 0, fmt.Errorf("truncated %s escape", form)
	}
	n, _ := strconv.ParseUint(s[2:end], 16, 32)
	if n > utf8.MaxRune {
		return "", 0, fmt.Errorf("illegal Unicode character")
	}
	return string(rune(n)), end, nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
