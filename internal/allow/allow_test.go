package allow_test

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/internal/allow"
)

func list(t testing.TB, entries ...string) *allow.List {
	t.Helper()
	l, wrong := allow.Parse(entries)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	return l
}

func TestLists(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, entry, url string
		want             bool
	}{
		{"the origin", "https://example.com", "https://example.com", true},
		{"a path below it", "https://example.com", "https://example.com/a/b?q#f", true},
		{"another scheme", "https://example.com", "http://example.com", false},
		{"another host", "https://example.com", "https://example.com.evil.org", false},
		{"a host below it", "https://example.com", "https://api.example.com", false},
		{"the path", "https://example.com/api", "https://example.com/api", true},
		{"below the path", "https://example.com/api", "https://example.com/api/users", true},
		{"the path and a slash", "https://example.com/api", "https://example.com/api/", true},
		{"a longer segment", "https://example.com/api", "https://example.com/apiary", false},
		{"above the path", "https://example.com/api", "https://example.com/", false},
		{"an entry with a slash", "https://example.com/api/", "https://example.com/api/x", true},
		{"an entry with a slash, its folder", "https://example.com/api/", "https://example.com/api", false},
		{"case of the host", "https://Example.COM/a", "HTTPS://eXample.com/a", true},
		{"case of the path", "https://example.com/a", "https://example.com/A", false},
		{"a dot at the end of the host", "https://example.com", "https://example.com./x", true},
		{"default port", "https://example.com:443", "https://example.com/x", true},
		{"default port, the other way", "http://example.com", "http://example.com:80/x", true},
		{"another port", "https://example.com", "https://example.com:8443", false},
		{"a port of another scheme", "https://example.com", "https://example.com:80", false},
		{"IPv6", "http://[::1]:8080", "http://[::1]:8080/x", true},
		{"IPv6, spelled out", "http://[::1]", "http://[0:0:0:0:0:0:0:1]/x", true},
		{"IPv6, another", "http://[::1]", "http://[::2]", false},
		{"IPv4 as IPv6", "http://127.0.0.1", "http://[::ffff:127.0.0.1]", true},
		{"dots that leave", "https://example.com/api", "https://example.com/api/../admin", false},
		{"dots that stay", "https://example.com/api", "https://example.com/x/../api/y", true},
		{"escaped dots", "https://example.com/api", "https://example.com/api/%2e%2E/admin", false},
		{"an escaped slash", "https://example.com/api", "https://example.com/api%2F..%2Fadmin", false},
		{"an escaped slash below", "https://example.com/api", "https://example.com/api/a%2Fb", true},
		{"an escaped slash that leaves", "https://example.com/api", "https://example.com/api/..%2F..%2Fadmin", false},
		{"a backslash that leaves", "https://example.com/api", `https://example.com/api/..\..\admin`, false},
		{"repeated slashes", "https://example.com/api", "https://example.com//api//x", true},
		{"an escaped letter", "https://example.com/api", "https://example.com/%61pi/x", true},
		{"credentials not listed", "https://example.com", "https://u:p@example.com", false},
		{"credentials listed", "https://u:p@example.com", "https://u:p@example.com/x", true},
		{"credentials missing", "https://u:p@example.com", "https://example.com/x", false},
		{"a host in the credentials", "https://example.com", "https://example.com@evil.org", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			u, err := allow.ParseURL(test.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := list(t, test.entry).Lists(u); got != test.want {
				t.Errorf("%q lists %q = %t, want %t", test.entry, test.url, got, test.want)
			}
		})
	}
}

func TestNilAllowsEverythingAndEmptyNothing(t *testing.T) {
	t.Parallel()
	u, _ := allow.ParseURL("https://example.com")
	var none *allow.List
	if !none.Allows(u) || none.Lists(u) || list(t).Allows(u) {
		t.Error("nil must allow every URL and list none, an empty list allow none")
	}
}

func TestParseURLRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, want string }{
		{"example.com/x", "begin with http"},
		{"ftp://example.com", "begin with http"},
		{"https:///x", "name a host"},
		{"https://", "name a host"},
		{"https://a..b", "two dots"},
		{"https://bücher.de", "punycode"},
		{"https://a b/", "not hold"},
		{"https://a/%zz", "escape"},
		{"https://a/%00", "control"},
		{"https://a/x\ny", "control"},
		{"https://a:99999/", "port"},
		{"https://a:0/", "port"},
		{"https://[::zz]/", "not a URL"},
		{"https://a$b/", "letters"},
		{"https://u\"secret:p@a/", "credentials"},
	}
	for _, test := range tests {
		_, err := allow.ParseURL(test.url)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("ParseURL(%q) = %v, want an error with %q", test.url, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseURL(%q): the error shows credentials: %v", test.url, err)
		}
	}
	if _, wrong := allow.Parse([]string{"https://a", "https://*.example.com", "x"}); len(wrong) != 2 || wrong[1] == nil || wrong[2] == nil {
		t.Errorf("Parse = %v, want that entries 1 and 2 are wrong", wrong)
	}
}

func TestParseURLCleans(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://a":                 "https://a",
		"https://a/b/../c":          "https://a/c",
		"https://a/../../c":         "https://a/c",
		"https://a/b/..":            "https://a/",
		"https://a/b/.":             "https://a/b/",
		"https://a//b/":             "https://a//b/",
		"https://a/x y/é":           "https://a/x%20y/%C3%A9",
		"https://a/x%2Fy?q=a b&r=é": "https://a/x%2Fy?q=a%20b&r=%C3%A9",
		"https://a/?a=%20&b=1+2":    "https://a/?a=%20&b=1+2",
	} {
		u, err := allow.ParseURL(in)
		if err != nil || u.String() != want {
			t.Errorf("ParseURL(%q) = %v, %v, want %q", in, u, err, want)
		}
	}
}

func TestReachOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]allow.Reach{
		"8.8.8.8": allow.Public, "2606:4700::1": allow.Public, "172.32.0.1": allow.Public, "64:ff9b::8.8.8.8": allow.Public,
		"127.0.0.1": allow.Private, "10.1.2.3": allow.Private, "172.16.0.1": allow.Private, "192.168.1.1": allow.Private,
		"100.64.0.1": allow.Private, "198.18.0.1": allow.Private, "::1": allow.Private, "fd00::1": allow.Private,
		"::ffff:10.0.0.1": allow.Private, "64:ff9b::10.0.0.1": allow.Private, "2002:a00:1::": allow.Private,
		"169.254.169.254": allow.Local, "fe80::1%eth0": allow.Local, "0.0.0.0": allow.Local, "::": allow.Local,
		"224.0.0.1": allow.Local, "255.255.255.255": allow.Local, "64:ff9b::169.254.169.254": allow.Local,
	} {
		if got := allow.ReachOf(netip.MustParseAddr(text)); got != want {
			t.Errorf("ReachOf(%s) = %d, want %d", text, got, want)
		}
	}
	if allow.ReachOf(netip.Addr{}) != allow.Local {
		t.Error("no address must be out of reach")
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"http://localhost:1": true, "http://x.LOCALHOST.": true, "http://[::1]": true, "http://10.0.0.1": true,
		"http://localhost.org": false, "http://10.0.0.1.org": false,
	} {
		u, err := allow.ParseURL(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := allow.Literal(u); got != want {
			t.Errorf("Literal(%q) = %t, want %t", text, got, want)
		}
	}
}

// segment draws a part of a path, among them the ones that are trouble.
var segment = rapid.SampledFrom([]string{"a", "api", "apiary", "..", ".", "", "%2e%2e", "%2F", "..%2F", `..\`, "%5c..", "é", "%41", "a%2f..%2f.."})

// TestNothingLeavesAnEntry is the property that what a server may make of an allowed path lies below the entry, whether
// it takes escapes for what they stand for before or after it looks at the path.
func TestNothingLeavesAnEntry(t *testing.T) {
	t.Parallel()
	l := list(t, "https://example.com/api/v1")
	rapid.Check(t, func(t *rapid.T) {
		path := "/" + strings.Join(rapid.SliceOfN(segment, 0, 8).Draw(t, "path"), "/")
		if rapid.Bool().Draw(t, "below") {
			path = "/api/v1" + path
		}
		u, err := allow.ParseURL("https://example.com" + path)
		if err != nil || !l.Lists(u) {
			return
		}
		for _, seen := range []string{u.EscapedPath(), u.Path, strings.ReplaceAll(u.Path, `\`, "/")} {
			if !below(seen) {
				t.Fatalf("%q was allowed, which a server may read as %q", path, seen)
			}
		}
	})
}

// below is another way to tell whether a path is below /api/v1.
func below(path string) bool {
	u := &url.URL{Scheme: "https", Host: "h", Path: "/"}
	clean := u.ResolveReference(&url.URL{Path: strings.Join(strings.FieldsFunc(path, func(r rune) bool { return r == '/' }), "/")}).Path
	clean, _ = url.PathUnescape(clean)
	return clean == "/api/v1" || strings.HasPrefix(clean, "/api/v1/")
}

// TestWhatBeginsWithAnEntryIsListed is the property that plain text appended to an entry as a segment stays allowed.
func TestWhatBeginsWithAnEntryIsListed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		u, err := allow.ParseURL("https://example.com/api/x" + url.PathEscape(text))
		if err != nil { // control characters
			return
		}
		if l, _ := allow.Parse([]string{"https://example.com/api"}); !l.Lists(u) && !strings.ContainsAny(text, `/\`) {
			t.Fatalf("%q is not allowed", u)
		}
	})
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"https://example.com/api/../x?q#f", "http://[::1]:80/%2e%2e", "http://u:p@h", "//h", "https://h/\\..\\"} {
		f.Add(s)
	}
	l, _ := allow.Parse([]string{"https://example.com/api"})
	f.Fuzz(func(t *testing.T, text string) {
		u, err := allow.ParseURL(text)
		if err != nil {
			return
		}
		again, err := allow.ParseURL(u.String())
		if err != nil {
			t.Fatalf("ParseURL(%q) gives %q, which is refused: %v", text, u, err)
		}
		if again.String() != u.String() || l.Lists(again) != l.Lists(u) {
			t.Fatalf("%q, read again, is %q", u, again)
		}
	})
}

func BenchmarkLists(b *testing.B) {
	l := list(b, "https://example.org", "https://example.com/api/v1")
	u, _ := allow.ParseURL("https://example.com/api/v1/users/ada")
	b.ReportAllocs()
	for b.Loop() {
		if !l.Lists(u) {
			b.Fatal("not listed")
		}
	}
}
