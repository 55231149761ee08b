// Package http sends the HTTP requests of documents: those of API nodes and of remote tools. It knows nothing of flows,
// and renders nothing: a [Request] is ready to be sent.
//
// # Where requests may go
//
// A request whose URL is not in its allow list is refused (see package internal/allow for how they are compared), and so
// is, after the name of the host was looked up, a connection to an address that is not public, unless the document itself
// says that it is meant:
//
//	the URL's host                      in url_allow_list        without a list
//	an address, or localhost            connects                 connects, if the document spells it out
//	a name with a private address       connects                 refused
//	a name with a link-local address    refused                  refused
//
// [Options.PrivateNetworks] lifts the last two lines. What is checked is the address that is connected to, so a name
// that changes its address in between gains nothing. Behind a proxy of the environment, which does the looking up, only the
// list counts.
//
// Redirects are not followed, as in the reference: an answer that redirects is a failure like any other that is not 2xx.
//
// # Bounds
//
// Each try is bounded in time, down to the last byte of the answer, and the answer in size after it was unpacked.
//
// # Retries
//
// Without a retry policy a request is sent once. With one, requests whose method may be repeated (GET, HEAD, OPTIONS,
// TRACE, PUT, DELETE) are repeated as it says. Others, such as POST, only are where that is no risk: when no connection
// came about, and on those statuses that the policy's recoverable_statuses list, by default 409 and 429.
//
// # Secrets
//
// Errors show a URL without its query and credentials, and none of [Request.Secrets], not even where the server's
// answer repeats them.
package http
