package jinja

import (
	"strings"
	"unicode"
)

func filterWordwrap(rt *runtime, in val, args []val) (val, error) {
	width := orElse(args[0], int64(79))
	separator := orElse(args[2], nil)
	if separator == nil {
		separator = "\n"
	}
	breakLong, err := rt.flag(args[1], true)
	if err != nil {
		return nil, err
	}
	breakHyphens, err := rt.flag(args[3], true)
	if err != nil {
		return nil, err
	}
	sep, ok := textOf(separator)
	if !ok {
		if u, ok := separator.(*undefined); ok {
			return nil, u.fail()
		}
		return nil, raise("AttributeError", "%s object has no attribute 'join'", quote(typeName(separator)))
	}
	text, ok := textOf(in)
	if !ok {
		if u, ok := in.(*undefined); ok {
			return nil, u.fail()
		}
		return nil, raise("AttributeError", "%s object has no attribute 'splitlines'", quote(typeName(in)))
	}
	n, err := rt.wrapWidth(width)
	if err != nil && text != "" {
		return nil, err
	}
	var lines []string
	for _, paragraph := range splitLines(text) {
		wrapped := wrapLine(paragraph, n, breakLong, breakHyphens)
		if wrapped == nil {
			wrapped = []string{""}
		}
		lines = append(lines, wrapped...)
	}
	return rt.joinLines(lines, separator, sep)
}

// joinLines joins wrapped lines; joining with a safe text escapes them.
func (rt *runtime) joinLines(lines []string, separator val, sep string) (val, error) {
	if err := rt.product(len(lines), len(sep)); err != nil {
		return nil, err
	}
	if _, safe := separator.(markup); safe {
		for i, line := range lines {
			lines[i] = escapeHTML(line)
		}
	}
	return sameKind(separator, strings.Join(lines, sep)), nil
}

func (rt *runtime) wrapWidth(width val) (int, error) {
	small, err := rt.order("<=", width, int64(0))
	if err != nil {
		return 0, err
	}
	if small {
		return 0, raise("ValueError", "invalid width %s (must be > 0)", debugRepr(width))
	}
	return index(width)
}

// wrapLine is Python's textwrap.wrap for one paragraph.
func wrapLine(text string, width int, breakLong, breakHyphens bool) []string {
	chunks := wrapChunks([]rune(text), breakHyphens)
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && blank(chunks[0]) {
			chunks = chunks[1:]
		}
		var line []string
		length := 0
		for len(chunks) > 0 {
			n := runeCount(chunks[0])
			if length+n > width {
				break
			}
			line = append(line, chunks[0])
			length += n
			chunks = chunks[1:]
		}
		if len(chunks) > 0 && runeCount(chunks[0]) > width {
			line, chunks = takeLong(line, chunks, width, length, breakLong, breakHyphens)
		}
		if n := len(line); n > 0 && blank(line[n-1]) {
			line = line[:n-1]
		}
		if len(line) > 0 {
			lines = append(lines, strings.Join(line, ""))
		}
	}
	return lines
}

func blank(s string) bool { return strings.TrimFunc(s, isSpace) == "" }

// takeLong deals with a word that fits on no line: it is cut, or gets a line of its own.
func takeLong(line, chunks []string, width, length int, breakLong, breakHyphens bool) (newLine, rest []string) {
	room := width - length
	if width < 1 {
		room = 1
	}
	chunk := chunks[0]
	if !breakLong {
		if len(line) == 0 {
			return []string{chunk}, chunks[1:]
		}
		return line, chunks
	}
	end := byteIndex(chunk, room)
	if breakHyphens && runeCount(chunk) > room {
		hyphen := strings.LastIndexByte(chunk[:end], '-')
		if hyphen > 0 && strings.Trim(chunk[:hyphen], "-") != "" {
			end = hyphen + 1
		}
	}
	rest = append([]string{chunk[end:]}, chunks[1:]...)
	return append(line, chunk[:end]), rest
}

// wrapSpace is the white space that textwrap knows.
func wrapSpace(r rune) bool { return strings.ContainsRune("\t\n\v\f\r ", r) }

// wrapChunks cuts a text into pieces that stay together (reference: TextWrapper._split).
func wrapChunks(s []rune, breakHyphens bool) []string {
	var chunks []string
	for i := 0; i < len(s); {
		end := simpleChunk(s, i)
		if breakHyphens {
			end = hyphenChunk(s, i)
		}
		chunks = append(chunks, string(s[i:end]))
		i = end
	}
	return chunks
}

// simpleChunk ends with a run of white space or of anything else.
func simpleChunk(s []rune, i int) int {
	space := wrapSpace(s[i])
	for i < len(s) && wrapSpace(s[i]) == space {
		i++
	}
	return i
}

// hyphenChunk is the expression wordsep_re, written out: white space, an em-dash between words, or a word up to a
// hyphen inside it, its end, or an em-dash.
func hyphenChunk(s []rune, start int) int {
	if wrapSpace(s[start]) {
		return simpleChunk(s, start)
	}
	if end := dashes(s, start); end > 0 && start > 0 && isWordPunct(s[start-1]) {
		return end
	}
	for end := start + 1; end <= len(s); end++ {
		if e := hyphenAfter(s, end); e > 0 {
			return e
		}
		if end == len(s) || wrapSpace(s[end]) {
			return end
		}
		if isWordPunct(s[end-1]) && dashes(s, end) > 0 {
			return end
		}
	}
	return len(s)
}

// dashes returns the end of two or more hyphens at i that a word character follows, or 0.
func dashes(s []rune, i int) int {
	end := i
	for end < len(s) && s[end] == '-' {
		end++
	}
	if end-i < 2 || end == len(s) || !isWordRune(s[end]) {
		return 0
	}
	return end
}

// hyphenAfter returns the place after a hyphen at end that may break a word, or 0: letters must surround it.
func hyphenAfter(s []rune, end int) int {
	if end >= len(s) || s[end] != '-' {
		return 0
	}
	letter := func(i int) bool { return i >= 0 && i < len(s) && isLetterRune(s[i]) }
	before := letter(end-1) && (letter(end-2) || letter(end-3) && s[end-2] == '-')
	after := letter(end+1) && (letter(end+2) || end+2 < len(s) && s[end+2] == '-' && letter(end+3))
	if before && after {
		return end + 1
	}
	return 0
}

func isLetterRune(r rune) bool { return isWordRune(r) && !unicode.Is(unicode.Nd, r) }

func isWordPunct(r rune) bool { return isWordRune(r) || strings.ContainsRune(`!"'&.,?`, r) }
