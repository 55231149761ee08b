package spec

import "fmt"

// The codes of the findings of this package.
const (
	codeSyntax           = "syntax"
	codeDuplicateKey     = "duplicate-key"
	codeNotAString       = "not-a-string"
	codeNotComponent     = "not-a-component"
	codeUnknownType      = "unknown-type"
	codeUnknownField     = "unknown-field"
	codeLegacy           = "legacy"
	codeMissingField     = "missing-field"
	codeWrongType        = "wrong-type"
	codeBadValue         = "bad-value"
	codeBadProperty      = "bad-property"
	codeUnknownReference = "unknown-reference"
	codeWrongReference   = "wrong-reference"
	codeReferenceCycle   = "reference-cycle"
	codeDuplicateID      = "duplicate-id"
	codeUnusedDefinition = "unused-definition"
	codeVersion          = "version"
	codeBlocked          = "blocked"
	codeTooDeep          = "too-deep"
	codeTooLarge         = "too-large"
)

// maxFindings bounds how many findings are collected about one document.
const maxFindings = 1000

// findings collects what is found while a document is read.
type findings struct {
	list    Diagnostics
	dropped bool
}

func (fs *findings) err(t *tree, pos uint32, code, help, format string, args ...any) {
	fs.add(t, pos, Diagnostic{Severity: Error, Code: code, Help: help, Message: fmt.Sprintf(format, args...)})
}

func (fs *findings) warn(t *tree, pos uint32, code, help, format string, args ...any) {
	fs.add(t, pos, Diagnostic{Severity: Warning, Code: code, Help: help, Message: fmt.Sprintf(format, args...)})
}

func (fs *findings) add(t *tree, pos uint32, d Diagnostic) {
	if len(fs.list) >= maxFindings {
		fs.dropped = true
		return
	}
	d.Pos = t.at(pos)
	fs.list = append(fs.list, d)
}

// result returns all findings in order.
func (fs *findings) result() Diagnostics {
	fs.list.Sort()
	if fs.dropped {
		fs.list = append(fs.list, Diagnostic{
			Severity: Error,
			Code:     codeTooLarge,
			Message:  fmt.Sprintf("there are more than %d findings", maxFindings),
			Help:     "mend these first",
		})
		fs.dropped = false
	}
	return fs.list
}
