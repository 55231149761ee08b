package main

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// userLogin has the user log in, and returns the URL that the browser was sent back to: it is listened for if it leads to
// this machine, and else the user is asked for it.
func userLogin(ctx context.Context, user asker, at, redirect string) (string, error) {
	if l := listenBack(ctx, redirect); l != nil {
		user.tell("To go on, log in at\n  " + at)
		return awaitBack(ctx, l, redirect)
	}
	return user.ask(ctx, "To go on, log in at\n  "+at+"\nand type the URL that the browser is sent to afterwards.")
}

// listenBack listens where a redirect leads; nil if that is not this machine, or somebody else listens there.
func listenBack(ctx context.Context, redirect string) net.Listener {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "http" || u.Port() == "" {
		return nil
	}
	host, err := netip.ParseAddr(u.Hostname())
	if u.Hostname() != "localhost" && (err != nil || !host.IsLoopback()) {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", u.Host)
	if err != nil {
		return nil
	}
	return l
}

// awaitBack waits until a browser comes to the redirect.
func awaitBack(ctx context.Context, l net.Listener, redirect string) (string, error) {
	u, _ := url.Parse(redirect) // it was parsed before
	back := make(chan string, 1)
	s := &http.Server{
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if r.URL.Path != "/"+trimSlash(u.Path) || q.Get("state") == "" && q.Get("error") == "" {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write([]byte("You are logged in, and can close this page.\n"))
			select {
			case back <- r.URL.String():
			default:
			}
		}),
	}
	ended := make(chan struct{})
	go func() { // until it is closed below
		defer close(ended)
		_ = s.Serve(l) // ends by being closed
	}()
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = s.Shutdown(stop) // the page is told, or not
		<-ended
	}()
	select {
	case got := <-back:
		return got, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func trimSlash(path string) string {
	for path != "" && path[0] == '/' {
		path = path[1:]
	}
	return path
}
