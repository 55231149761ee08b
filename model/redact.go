package model

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// minSecret is the length from which on a text is taken for a secret; replacing shorter ones would garble everything.
const minSecret = 4

// secretShapes finds keys that a server echoes half masked, and credentials of others.
var secretShapes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\bbearer\s+[^\s"',;<>]+|\bsk-[a-z0-9_*.\-]{6,}|` +
		`\bAIza[a-z0-9_\-]{20,}|\bya29\.[a-z0-9_.\-]+|` + // Google's
		`\beyj[a-z0-9_\-]+\.[a-z0-9_\-]+\.[a-z0-9_\-]*`) // JSON web tokens
})

// Redactor takes secrets out of texts that people will see. Its zero value knows only the shapes of common keys.
// It is safe for concurrent use.
type Redactor struct{ secrets []string }

// NewRedactor returns a redactor for the given secrets, in the spellings that a server may echo them in.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		for _, spelling := range []string{s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s)} {
			if !slices.Contains(r.secrets, spelling) {
				r.secrets = append(r.secrets, spelling)
			}
		}
	}
	// Of two secrets one of which contains the other, the longer one goes first.
	slices.SortStableFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
	return r
}

// Redact returns text without secrets.
func (r *Redactor) Redact(text string) string {
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, Redacted)
	}
	return secretShapes().ReplaceAllString(text, Redacted)
}
