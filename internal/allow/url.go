package allow

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// ParseURL reads an absolute http or https URL and refuses what different readers could take for different URLs. In the
// URL that it returns, dot segments of the path are resolved, and everything that has to be escaped is.
func ParseURL(text string) (*url.URL, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("a URL must not hold control characters")
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, urlProblem(err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("a URL must begin with http:// or https://")
	}
	if err := checkHost(u); err != nil {
		return nil, err
	}
	if strings.ContainsFunc(u.Path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("the path of a URL must not hold control characters, escaped or not")
	}
	if u.Path != "" {
		clean(u)
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

// urlProblem is what url.Parse complains about, without the URL, which may hold secrets.
func urlProblem(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var escape url.EscapeError
	if errors.As(err, &escape) {
		return fmt.Errorf("a URL holds the wrong escape %q", string(escape))
	}
	var host url.InvalidHostError
	if errors.As(err, &host) {
		return fmt.Errorf("the host of a URL must not hold %q", string(host))
	}
	if strings.Contains(err.Error(), "userinfo") {
		return errors.New("the credentials of a URL hold a character that must be escaped")
	}
	return errors.New("the text is not a URL")
}

func checkHost(u *url.URL) error {
	host := strings.TrimSuffix(u.Hostname(), ".")
	switch {
	case host == "":
		return errors.New("a URL must name a host")
	case strings.Contains(host, ".."):
		return errors.New("the host of a URL must not hold two dots in a row")
	case strings.ContainsFunc(host, func(r rune) bool { return r > 0x7e }):
		return errors.New("the host of a URL must be written in ASCII, as punycode (xn--...)")
	case strings.Contains(host, ":"):
		if _, err := netip.ParseAddr(host); err != nil {
			return errors.New("the host of a URL is not an IPv6 address")
		}
	case strings.ContainsFunc(host, func(r rune) bool { return !hostRune(r) }):
		return errors.New("the host of a URL may hold letters, digits, dots, hyphens and underscores only")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return errors.New("the port of a URL must be a number from 1 to 65535")
		}
	}
	return nil
}

func hostRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
}

// clean resolves the dot segments of a path, as the reference's client does before it sends a request. Escaped dots are
// dots (RFC 3986, 6.2.2.2). Empty segments stay.
func clean(u *url.URL) {
	var out []string
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ToLower(s), "%2e", ".") {
		case ".":
		case "..":
			out = out[:max(min(1, len(out)), len(out)-1)] // what is before the first slash stays
		default:
			out = append(out, s)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	escaped := strings.Join(out, "/")
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return // not possible: it is made of parts of an escaped path
	}
	u.Path, u.RawPath = path, escaped
}

// escapeQuery escapes what must not stand in a query as it is.
func escapeQuery(q string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(q) {
		if c := q[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// origin is what must be equal of two URLs.
type origin struct{ scheme, credentials, host, port string }

var defaultPorts = map[string]string{"http": "80", "https": "443"}

func originOf(u *url.URL) origin {
	o := origin{scheme: u.Scheme, host: canonicalHost(u.Hostname()), port: u.Port()}
	if u.User != nil {
		o.credentials = u.User.String()
	}
	if n, err := strconv.Atoi(o.port); err == nil {
		o.port = strconv.Itoa(n)
	}
	if o.port == "" {
		o.port = defaultPorts[u.Scheme]
	}
	return o
}

// canonicalHost is the one spelling of a host that has several.
func canonicalHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String()
	}
	return host
}
