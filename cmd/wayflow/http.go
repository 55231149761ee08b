package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/tool/http"
)

// httpFlags bound the requests of API nodes and remote tools.
type httpFlags struct {
	timeout time.Duration
	maxBody count
	private bool
}

func (h *httpFlags) add(flags *pflag.FlagSet) {
	flags.Var((*duration)(&h.timeout), "http-timeout", "how `LONG` an HTTP request of the document may take that has no retry policy (default 1m)")
	flags.Var(&h.maxBody, "http-max-body", "how many `BYTES` the answer to an HTTP request may have (default 16777216)")
	flags.BoolVar(&h.private, "private-networks", false, "let names in URLs lead to addresses that are not public")
}

// options are empty where the flags change nothing.
func (h *httpFlags) options() []wayflow.Option {
	if *h == (httpFlags{}) {
		return nil
	}
	client := http.New(&http.Options{Timeout: h.timeout, MaxBody: int64(h.maxBody), PrivateNetworks: h.private})
	return []wayflow.Option{wayflow.WithHTTP(client)} // its connections end with the process
}
