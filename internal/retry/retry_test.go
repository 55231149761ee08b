package retry_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/internal/retry"
	"github.com/wayflow-go/wayflow/spec"
)

func ptr[T any](v T) *T { return &v }

// defaults are those of Agent Spec.
func defaults() spec.RetryPolicy {
	return spec.RetryPolicy{
		MaxAttempts: 2, InitialRetryDelay: 1, MaxRetryDelay: 8, BackoffFactor: 2,
		Jitter: ptr("full_and_equal_for_throttle"), ServiceErrorRetryOnAny5xx: true,
	}
}

func with(change func(*spec.RetryPolicy)) *spec.RetryPolicy {
	p := defaults()
	change(&p)
	return &p
}

var errTry = errors.New("try failed")

// waits runs a policy against failures and returns the waits between the tries, in fake time.
func waits(t *testing.T, p *spec.RetryPolicy, random float64, failures ...retry.Failure) (got []time.Duration, tries int, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		policy := retry.New(p, &retry.Options{Random: func() float64 { return random }})
		var last time.Time
		n := 0
		tries, err = policy.Do(t.Context(), func(context.Context) error {
			if n > 0 {
				got = append(got, time.Since(last))
			}
			last = time.Now()
			if n >= len(failures) {
				return nil
			}
			f := failures[n]
			f.Err = errTry
			n++
			return &f
		})
	})
	return got, tries, err
}

func repeat(n int, f retry.Failure) []retry.Failure {
	out := make([]retry.Failure, n)
	for i := range out {
		out[i] = f
	}
	return out
}

func TestWaits(t *testing.T) {
	t.Parallel()
	const s, ms = time.Second, time.Millisecond
	unavailable := retry.Failure{Status: 503}
	throttled := retry.Failure{Status: 429}
	five := func(jitter *string) *spec.RetryPolicy {
		return with(func(p *spec.RetryPolicy) { p.MaxAttempts, p.Jitter = 5, jitter })
	}
	tests := []struct {
		name     string
		policy   *spec.RetryPolicy
		random   float64
		failures []retry.Failure
		want     []time.Duration
	}{
		{"no policy", nil, 0.5, repeat(9, unavailable), []time.Duration{500 * ms, 1 * s}},
		{"default jitter, 5xx", five(ptr("full_and_equal_for_throttle")), 0.5, repeat(5, unavailable), []time.Duration{500 * ms, 1 * s, 2 * s, 4 * s, 4 * s}},
		{"default jitter, 4xx", five(ptr("full_and_equal_for_throttle")), 0.5, repeat(5, throttled), []time.Duration{750 * ms, 1500 * ms, 3 * s, 6 * s, 6 * s}},
		{"default jitter, no answer", five(ptr("full_and_equal_for_throttle")), 0.5, repeat(1, retry.Failure{}), []time.Duration{500 * ms}},
		{"none", five(nil), 0.5, repeat(5, throttled), []time.Duration{1 * s, 2 * s, 4 * s, 8 * s, 8 * s}},
		{"full", five(ptr("full")), 0.25, repeat(3, throttled), []time.Duration{250 * ms, 500 * ms, 1 * s}},
		{"equal", five(ptr("equal")), 0.25, repeat(3, unavailable), []time.Duration{625 * ms, 1250 * ms, 2500 * ms}},
		{"decorrelated", five(ptr("decorrelated")), 0.25, repeat(5, unavailable), []time.Duration{1250 * ms, 2250 * ms, 4250 * ms, 8 * s, 8 * s}},
		{"Retry-After in seconds", nil, 0.5, []retry.Failure{{Status: 429, RetryAfter: "3"}}, []time.Duration{3 * s}},
		{"Retry-After with a fraction", nil, 0.5, []retry.Failure{{Status: 429, RetryAfter: "0.25"}}, []time.Duration{250 * ms}},
		{"Retry-After of a day", nil, 0.5, []retry.Failure{{Status: 429, RetryAfter: "86400"}}, []time.Duration{30 * s}},
		{"Retry-After in the past", nil, 0.5, []retry.Failure{{Status: 503, RetryAfter: "Fri, 31 Dec 1999 23:59:59 GMT"}}, []time.Duration{0}},
		// The fake clock begins at midnight UTC 2000-01-01.
		{"Retry-After as a date", nil, 0.5, []retry.Failure{{Status: 503, RetryAfter: "Sat, 01 Jan 2000 00:00:07 GMT"}}, []time.Duration{7 * s}},
		{"Retry-After that is neither", nil, 0.5, []retry.Failure{{Status: 429, RetryAfter: "soon"}}, []time.Duration{750 * ms}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, tries, _ := waits(t, test.policy, test.random, test.failures...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
			if tries != len(test.want)+1 {
				t.Errorf("tries = %d, want %d", tries, len(test.want)+1)
			}
		})
	}
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	codes := with(func(p *spec.RetryPolicy) {
		p.RecoverableStatuses = spec.Dict[[]string]{{Key: "404", Value: []string{"Not_Yet", "later"}}, {Key: "501"}, {Key: "422"}}
	})
	no5xx := with(func(p *spec.RetryPolicy) { p.ServiceErrorRetryOnAny5xx = false })
	tests := []struct {
		name   string
		policy *spec.RetryPolicy
		status int
		body   string
		want   bool
	}{
		{"no answer", nil, 0, "", true},
		{"500", nil, 500, "", true},
		{"599", nil, 599, "", true},
		{"501", nil, 501, "", false},
		{"409", nil, 409, "", true},
		{"429", nil, 429, "", true},
		{"404", nil, 404, "", false},
		{"400", nil, 400, "", false},
		{"401", nil, 401, "", false},
		{"403", nil, 403, "", false},
		{"422", nil, 422, "", false},
		{"302", nil, 302, "", false},
		{"500 unless wanted", no5xx, 500, "", false},
		{"a listed code", codes, 404, `{"error": "not_yet there"}`, true},
		{"another code", codes, 404, `{"error": "gone"}`, false},
		{"a list without the defaults", codes, 429, "", false},
		{"501 though listed", codes, 501, "", false},
		{"422 though listed", codes, 422, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := &retry.Failure{Err: errTry, Status: test.status, Body: test.body}
			if got := retry.New(test.policy, nil).Retryable(f); got != test.want {
				t.Errorf("Retryable(%d, %q) = %t, want %t", test.status, test.body, got, test.want)
			}
		})
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	// Twenty waits of up to ten minutes: the second is cut to what is left, and then it is over.
	p := with(func(p *spec.RetryPolicy) {
		p.MaxAttempts, p.InitialRetryDelay, p.MaxRetryDelay, p.BackoffFactor, p.Jitter = 20, 400, 600, 1, nil
	})
	got, tries, err := waits(t, p, 0, repeat(20, retry.Failure{Status: 503})...)
	if diff := cmp.Diff([]time.Duration{400 * time.Second, 200 * time.Second}, got); diff != "" || tries != 3 || !errors.Is(err, errTry) {
		t.Errorf("waits = %v, tries = %d, error = %v", got, tries, err)
	}
}

func TestDeadlineOfATry(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		timeout *float64
		want    time.Duration
	}{{nil, 600 * time.Second}, {ptr(0.5), 500 * time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			policy := retry.New(with(func(p *spec.RetryPolicy) { p.RequestTimeout, p.MaxAttempts = test.timeout, 0 }), nil)
			start := time.Now()
			_, err := policy.Do(t.Context(), func(ctx context.Context) error {
				<-ctx.Done()
				if !errors.Is(context.Cause(ctx), retry.ErrTimeout) {
					t.Errorf("cause = %v", context.Cause(ctx))
				}
				return &retry.Failure{Err: ctx.Err()}
			})
			if took := time.Since(start); took != test.want || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a try ended after %s with %v, want %s", took, err, test.want)
			}
		})
	}
}

func TestCancelledWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shutdown := errors.New("shutdown")
		ctx, cancel := context.WithCancelCause(t.Context())
		var told []int
		policy := retry.New(nil, &retry.Options{Notify: func(_ context.Context, _ error, try int, _ time.Duration) {
			told = append(told, try)
			cancel(shutdown)
		}})
		tries, err := policy.Do(ctx, func(context.Context) error {
			return &retry.Failure{Err: errTry, Status: http.StatusServiceUnavailable}
		})
		if tries != 1 || !errors.Is(err, shutdown) || len(told) != 1 || told[0] != 1 {
			t.Errorf("tries = %d, error = %v, told = %v", tries, err, told)
		}
	})
}

func TestOtherErrorsEndAtOnce(t *testing.T) {
	t.Parallel()
	tries, err := retry.New(nil, nil).Do(t.Context(), func(context.Context) error { return errTry })
	if tries != 1 || err != errTry { //nolint:errorlint // the very error
		t.Errorf("Do = %d, %v", tries, err)
	}
}
