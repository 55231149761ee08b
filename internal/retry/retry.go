// Package retry tries an operation again as a document's retry policy says (Agent Spec, "RetryPolicy").
// Models, embeddings, remote tools and HTTP nodes share it, so that one policy means the same everywhere.
//
// It decides by what an operation reports in a [Failure]; it performs nothing itself and knows no protocol beyond the
// meaning of HTTP statuses and of the Retry-After header.
package retry

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wayflow-go/wayflow/spec"
)

const (
	// Budget bounds the time from the first try to the begin of the last one.
	Budget = 600 * time.Second
	// MaxRetryAfter caps what a server may ask us to wait.
	MaxRetryAfter = 30 * time.Second
	// DefaultTimeout bounds a try whose policy gives no request_timeout.
	DefaultTimeout = 600 * time.Second
)

// ErrTimeout is the cause with which the context of a try ends after [Policy.Timeout]. Any other cause is the caller's.
var ErrTimeout = errors.New("the try took longer than request_timeout")

// Failure is how a try went wrong. A try returns it, possibly wrapped, if another one may help; any other error ends
// the loop at once.
type Failure struct {
	// Err is what the caller gets in the end.
	Err error
	// Status is the HTTP status of the answer; 0 means that none came, which is always worth another try.
	Status int
	// Body is searched for the service codes of recoverable_statuses.
	Body string
	// RetryAfter is the header of that name, or empty.
	RetryAfter string
	// Mended is true if the next try asks for something else, so that it is worth it at once, whatever the status.
	Mended bool
}

func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the error that the caller gets.
func (f *Failure) Unwrap() error { return f.Err }

// Policy is a retry policy ready for use. It is immutable and safe for concurrent use.
type Policy struct {
	spec   spec.RetryPolicy
	random func() float64
	notify func(ctx context.Context, err error, try int, wait time.Duration)
}

// Options are the seams of a [Policy]. Nil means defaults.
type Options struct {
	// Random returns numbers from 0 up to 1 for the jitter; nil means math/rand.
	Random func() float64
	// Notify is told of each failed try before the wait that follows it; tries count from 1. Nil tells nobody.
	Notify func(ctx context.Context, err error, try int, wait time.Duration)
}

var defaultJitter = "full_and_equal_for_throttle"

// New returns the policy of a document. Nil stands for the defaults of Agent Spec.
func New(p *spec.RetryPolicy, o *Options) *Policy {
	policy := &Policy{random: rand.Float64, notify: func(context.Context, error, int, time.Duration) {}}
	if p != nil {
		policy.spec = *p
	} else {
		policy.spec = spec.RetryPolicy{
			MaxAttempts: 2, InitialRetryDelay: 1, MaxRetryDelay: 8, BackoffFactor: 2,
			Jitter: &defaultJitter, ServiceErrorRetryOnAny5xx: true,
		}
	}
	if policy.spec.BackoffFactor == 0 { // not a factor; a policy written in Go that leaves it out
		policy.spec.BackoffFactor = 2
	}
	if policy.spec.RecoverableStatuses == nil {
		policy.spec.RecoverableStatuses = spec.Dict[[]string]{{Key: "409"}, {Key: "429"}}
	}
	if o != nil && o.Random != nil {
		policy.random = o.Random
	}
	if o != nil && o.Notify != nil {
		policy.notify = o.Notify
	}
	return policy
}

// Timeout is how long one try may take.
func (p *Policy) Timeout() time.Duration {
	if p.spec.RequestTimeout == nil || *p.spec.RequestTimeout <= 0 {
		return DefaultTimeout
	}
	return seconds(*p.spec.RequestTimeout)
}

// Retryable reports whether the policy allows another try after such a failure, were there tries left.
func (p *Policy) Retryable(f *Failure) bool {
	if f.Mended {
		return true
	}
	switch f.Status {
	case 0:
		return true
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity,
		http.StatusNotImplemented:
		return false
	}
	if codes, ok := p.spec.RecoverableStatuses.Get(strconv.Itoa(f.Status)); ok {
		body := strings.ToLower(f.Body)
		return len(codes) == 0 || slices.ContainsFunc(codes, func(code string) bool {
			return strings.Contains(body, strings.ToLower(code))
		})
	}
	return p.spec.ServiceErrorRetryOnAny5xx && f.Status >= 500 && f.Status < 600
}

// Do calls try until it succeeds, fails with something that no further try can mend, or the policy's tries or the
// [Budget] are used up. Each try gets a context that ends with [ErrTimeout] after [Policy.Timeout]. It returns how many tries there
// were, and the last one's error; while it waits, an end of ctx ends it with the context's cause.
func (p *Policy) Do(ctx context.Context, try func(context.Context) error) (tries int, err error) {
	start := time.Now()
	for n := 0; ; n++ {
		err := p.once(ctx, try)
		f, ok := errors.AsType[*Failure](err)
		if !ok {
			return n + 1, err
		}
		if n >= p.spec.MaxAttempts || !p.Retryable(f) {
			return n + 1, f.Err
		}
		remaining := Budget - time.Since(start)
		if remaining <= 0 {
			return n + 1, f.Err
		}
		wait := min(p.delay(n, f), remaining)
		p.notify(ctx, f.Err, n+1, wait)
		if err := sleep(ctx, wait); err != nil {
			return n + 1, err
		}
	}
}

func (p *Policy) once(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout(), ErrTimeout)
	defer cancel()
	return try(ctx)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// delay is the wait after try n, counted from 0 (reference: _compute_wait_seconds).
func (p *Policy) delay(n int, f *Failure) time.Duration {
	if f.Mended {
		return 0
	}
	if d, ok := retryAfter(f.RetryAfter, time.Now()); ok {
		return d
	}
	limit := p.spec.MaxRetryDelay
	base := min(p.spec.InitialRetryDelay*math.Pow(p.spec.BackoffFactor, float64(n)), limit)
	if p.spec.Jitter == nil {
		return seconds(base)
	}
	equal := func() time.Duration { return seconds(base/2 + p.random()*base/2) }
	switch *p.spec.Jitter {
	case "equal":
		return equal()
	case "full":
		return seconds(p.random() * base)
	case "decorrelated":
		return seconds(min(base+p.random(), limit))
	case defaultJitter:
		if f.Status >= 400 && f.Status < 500 {
			return equal()
		}
		return seconds(p.random() * base)
	default:
		return seconds(base)
	}
}

// retryAfter reads the header: seconds, with a fraction too, or a date.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if header == "" {
		return 0, false
	}
	if s, err := strconv.ParseFloat(strings.TrimSpace(header), 64); err == nil {
		if math.IsNaN(s) {
			return 0, false
		}
		return seconds(min(max(s, 0), MaxRetryAfter.Seconds())), true
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return min(max(date.Sub(now), 0), MaxRetryAfter), true
}

// seconds turns a number of seconds into a duration; what is too long for one becomes the longest.
func seconds(s float64) time.Duration {
	d := s * float64(time.Second)
	if d >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(d)
}
