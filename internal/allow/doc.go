// Package allow decides where the HTTP requests of documents may go.
//
// A [List] holds the entries of a document's url_allow_list. An entry is the beginning of a URL: its scheme, host and
// port must be those of the request, and its path must be the beginning of the request's path, a segment at a time:
// https://example.com/api allows /api and /api/users, but not /apiary. Query and fragment do not count.
//
// Both sides are read in one form first: lower-case hosts without a dot at the end, default ports left out, addresses in
// their shortest spelling, dot segments resolved, slashes not repeated. A path is read in two ways, with and without
// taking %2F for a slash, since servers differ in that, and must be allowed in both.
//
// [ReachOf] tells public addresses from private ones. The package does no I/O: who connects looks up names, and asks
// about each address.
package allow
