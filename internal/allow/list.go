package allow

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// List is a list of allowed URLs. Nil allows every URL, an empty one none. It is immutable and safe for concurrent use.
type List struct{ entries []entry }

type entry struct {
	origin origin
	paths  [2][]string
}

// Parse reads the entries of a list. The errors are those of the entries, by their index; nil if all are right.
func Parse(texts []string) (*List, map[int]error) {
	l := &List{}
	var wrong map[int]error
	for i, text := range texts {
		e, err := parseEntry(text)
		if err != nil {
			if wrong == nil {
				wrong = map[int]error{}
			}
			wrong[i] = err
			continue
		}
		l.entries = append(l.entries, e)
	}
	return l, wrong
}

func parseEntry(text string) (entry, error) {
	if strings.Contains(text, "*") {
		return entry{}, fmt.Errorf("there are no wildcards; an entry allows all that begins with it")
	}
	u, err := ParseURL(text)
	if err != nil {
		return entry{}, err
	}
	return entry{originOf(u), readings(u)}, nil
}

// Allows reports whether a request may go to a URL that [ParseURL] has read.
func (l *List) Allows(u *url.URL) bool {
	return l == nil || l.Lists(u)
}

// Lists reports whether there is a list and it has the URL.
func (l *List) Lists(u *url.URL) bool {
	if l == nil {
		return false
	}
	o, paths := originOf(u), readings(u)
	return slices.ContainsFunc(l.entries, func(e entry) bool {
		return e.origin == o && within(e.paths[0], paths[0]) && within(e.paths[1], paths[1])
	})
}

// within reports whether a path begins with another. One that ends in a slash, which has an empty segment at its end,
// wants something behind it, be it nothing.
func within(prefix, path []string) bool {
	if n := len(prefix); n > 0 && prefix[n-1] == "" {
		return len(path) >= n && slices.Equal(prefix[:n-1], path[:n-1])
	}
	return len(path) >= len(prefix) && slices.Equal(prefix, path[:len(prefix)])
}

// readings are the segments of the path: those that its slashes make, and those that there are if everything that is
// escaped counts as what it stands for.
func readings(u *url.URL) [2][]string {
	var sent []string
	for _, s := range strings.Split(u.EscapedPath(), "/") {
		decoded, err := url.PathUnescape(s)
		if err != nil {
			decoded = s // ParseURL has refused such URLs
		}
		sent = append(sent, decoded)
	}
	return [2][]string{
		resolve(sent),
		resolve(strings.FieldsFunc(slashed(u.Path), func(r rune) bool { return r == '/' || r == '\\' })),
	}
}

// slashed marks a slash at the end of a path, which FieldsFunc would drop.
func slashed(path string) string {
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, `\`) {
		return path + "/."
	}
	return path
}

// resolve removes dot segments and empty ones, but for an empty one at the end: there a slash, or dots, ended the path.
func resolve(segments []string) []string {
	out := []string{}
	open := false
	for _, s := range segments {
		open = s == "" || s == "." || s == ".."
		switch {
		case s == "..":
			out = out[:max(0, len(out)-1)]
		case !open:
			out = append(out, s)
		}
	}
	if open && len(out) > 0 {
		out = append(out, "")
	}
	return out
}
