package allow

import (
	"net/netip"
	"net/url"
	"strings"
)

// Reach is how far away an address is. A higher one includes those below, as what somebody may reach.
type Reach uint8

// The reaches.
const (
	// Public are addresses of the internet.
	Public Reach = iota
	// Private are those of this machine and of networks that belong to somebody.
	Private
	// Local are those that mean something to the very link or machine only: link-local ones, where clouds keep the
	// credentials of a machine, and those that are no target for a connection, such as 0.0.0.0.
	Local
)

// The ranges that are neither public nor known to netip (RFC 6890).
var (
	private = []netip.Prefix{
		netip.MustParsePrefix("100.64.0.0/10"),
		netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"),
	}
	local = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("::/128"),
		netip.MustParsePrefix("fec0::/10"),
	}
	// nat64 and sixToFour hold an IPv4 address, which counts.
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

// ReachOf tells what an address is.
func ReachOf(a netip.Addr) Reach {
	a = embedded(a.Unmap().WithZone(""))
	switch {
	case !a.IsValid() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || in(local, a):
		return Local
	case a.IsPrivate() || a.IsLoopback() || in(private, a):
		return Private
	}
	return Public
}

func in(ranges []netip.Prefix, a netip.Addr) bool {
	for _, p := range ranges {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func embedded(a netip.Addr) netip.Addr {
	b := a.As16()
	switch {
	case !a.Is6():
	case nat64.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}

// Literal returns how far away a URL's host is if its text says so itself: it is an address, or localhost.
func Literal(u *url.URL) (Reach, bool) {
	host := canonicalHost(u.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return Private, true
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return Public, false
	}
	return ReachOf(a), true
}
