package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/value"
)

// runChoose asks a model which branch to take.
func (m *Machine) runChoose(f *flowFrame, n *program.Node, op *program.Choose) *flowFrame {
	p, err := m.prompt(f, n, op.Prompt)
	if err != nil {
		return m.fail(f, err)
	}
	return m.askModel(f, op.Model, p, false)
}

func (m *Machine) chooseDone(f *flowFrame, op *program.Choose, r Result) *flowFrame {
	answer, err := r.answered()
	if err != nil {
		return m.fail(f, err)
	}
	text := answer.Text()
	chosen, branch := "", op.Default
	if c := choiceIn(op.Choices, text); c != nil {
		chosen, branch = c.Shown, c.Branch
	}
	return m.finish(f, branch, value.String(chosen), value.String(text))
}

// choiceIn finds the choice that an answer names: the first name in it, of several that begin at one place the longest,
// and no name that is only a part of a word. If there is none, case does not count, nor do blanks around a name.
func choiceIn(choices []program.Choice, text string) *program.Choice {
	if c := firstNamed(choices, text, func(s string) string { return s }); c != nil {
		return c
	}
	return firstNamed(choices, strings.ToLower(text), func(s string) string { return strings.ToLower(strings.TrimSpace(s)) })
}

func firstNamed(choices []program.Choice, text string, spell func(string) string) *program.Choice {
	var best *program.Choice
	at, length := len(text), 0
	for i := range choices {
		name := spell(choices[i].Shown)
		if j := indexWord(text, name); j >= 0 && (j < at || j == at && len(name) > length) {
			best, at, length = &choices[i], j, len(name)
		}
	}
	return best
}

// indexWord returns where a name stands in a text and is not a part of a longer word; -1 if nowhere.
func indexWord(text, name string) int {
	for from := 0; name != ""; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return -1
		}
		i += from
		if !continuesWord(text[:i], name) && !continuesWord(name, text[i+len(name):]) {
			return i
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		from = i + size
	}
	return -1
}

// continuesWord reports whether a word goes on from the end of one text to the beginning of another.
func continuesWord(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return before != "" && after != "" && isWordPart(last) && isWordPart(first)
}

func isWordPart(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }
