package spec

import (
	"bytes"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// parse returns the tree of a text, or nil if it is none; that is reported.
func (d *decoder) parse(data []byte) *tree {
	limit := d.opts.MaxSize
	if limit <= 0 {
		limit = DefaultMaxSize
	}
	if len(data) > limit {
		d.err(&tree{file: d.opts.File, lines: []uint32{0}}, 0, codeTooLarge, "split it, or raise the limit when loading",
			"the document has %d bytes, more than the %d that are allowed", len(data), limit)
		return nil
	}
	text := string(bytes.TrimPrefix(data, []byte("\ufeff")))
	if !d.checkText(text) {
		return nil
	}
	var t *tree
	if d.format(text) == JSON {
		t = parseJSON(d.opts.File, text, d.findings)
	} else {
		t = parseYAML(d.opts.File, text, d.findings)
		if t != nil {
			d.checkScalars(t)
		}
	}
	if t == nil || t.root.kind == objectNode {
		return t
	}
	d.err(t, t.root.pos, codeNotComponent, "", "a document must be an object, not %s", t.root.kind.what())
	return nil
}

// checkText refuses what no text of a document has.
func (d *decoder) checkText(text string) bool {
	t := &tree{file: d.opts.File, text: text}
	if !utf8.ValidString(text) {
		at := 0
		for at < len(text) {
			r, size := utf8.DecodeRuneInString(text[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		d.err(t, uint32(at), codeSyntax, "save it as UTF-8", "the document is not UTF-8 text: byte 0x%02x", text[at])
		return false
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		d.err(t, uint32(at), codeSyntax, "remove it", "the document has a NUL byte")
		return false
	}
	if strings.TrimSpace(text) == "" {
		d.err(t, 0, codeSyntax, "", "the document is empty")
		return false
	}
	return true
}

func (d *decoder) format(text string) Format {
	if d.opts.Format != AnyFormat {
		return d.opts.Format
	}
	switch strings.ToLower(filepath.Ext(d.opts.File)) {
	case ".json":
		return JSON
	case ".yaml", ".yml":
		return YAML
	}
	if looksLikeJSON(text) {
		return JSON
	}
	return YAML
}

// checkScalars refuses what YAML has and JSON has not: it would change its meaning on the way.
func (d *decoder) checkScalars(t *tree) {
	for i := range t.nodes {
		n := &t.nodes[i]
		if n.keyPos != 0 || n.key != "" {
			if n.keyKind != stringNode {
				d.err(t, n.keyPos, codeNotAString, "put it in quotes",
					"keys must be strings, and YAML takes this one for %s", n.keyKind.what())
			}
		}
		switch n.kind {
		case floatNode:
			if isInfinite(n.text) {
				d.err(t, n.pos, codeBadValue, "", "a number must not be infinite, and must be one")
			}
		case dateNode:
			d.err(t, n.pos, codeNotAString, "put it in quotes", "YAML takes %s for a date, which no field can hold", n.text)
		case binaryNode:
			d.err(t, n.pos, codeNotAString, "write it as a string", "no field can hold binary data")
		default:
		}
	}
}
