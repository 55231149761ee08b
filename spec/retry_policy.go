package spec

// RetryPolicy says how often and when a failed request is tried again (Agent Spec 26.1.2, "RetryPolicy").
// Durations are in seconds.
type RetryPolicy struct {
	// MaxAttempts counts the tries after the first one.
	MaxAttempts int `spec:"max_attempts,default=2"`
	// RequestTimeout bounds each try; nil means 600 seconds.
	RequestTimeout *float64 `spec:"request_timeout"`
	// InitialRetryDelay is the wait after the first try. It is multiplied by BackoffFactor after each further one, up to
	// MaxRetryDelay.
	InitialRetryDelay float64 `spec:"initial_retry_delay,default=1.0"`
	MaxRetryDelay     float64 `spec:"max_retry_delay,default=8.0"`
	BackoffFactor     float64 `spec:"backoff_factor,nonzero,default=2.0"`
	// Jitter is how the wait is made random; nil is not at all.
	Jitter *string `spec:"jitter,enum=equal|full|full_and_equal_for_throttle|decorrelated,default=full_and_equal_for_throttle"`
	// ServiceErrorRetryOnAny5xx repeats requests on all server errors but 501.
	ServiceErrorRetryOnAny5xx bool `spec:"service_error_retry_on_any_5xx,default=true"`
	// RecoverableStatuses gives for status codes the error codes of the service on which to try again; an empty list means
	// any.
	RecoverableStatuses Dict[[]string] `spec:"recoverable_statuses,default={\"409\":[],\"429\":[]}"`
}

func (p *RetryPolicy) check(report func(key, problem string)) {
	if p.MaxAttempts < 0 {
		report("max_attempts", "cannot be negative")
	}
	if p.RequestTimeout != nil && *p.RequestTimeout <= 0 {
		report("request_timeout", "must be greater than 0")
	}
	if p.InitialRetryDelay < 0 {
		report("initial_retry_delay", "cannot be negative")
	}
	if p.BackoffFactor < 0 {
		report("backoff_factor", "must be greater than 0")
	}
	if p.MaxRetryDelay < p.InitialRetryDelay {
		report("max_retry_delay", "cannot be smaller than initial_retry_delay")
	}
}
