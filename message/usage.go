package message

// Usage counts the tokens of one or more answers.
type Usage struct {
	Input     int64 `json:"input"`
	Output    int64 `json:"output"`
	Cached    int64 `json:"cached,omitempty"`
	Reasoning int64 `json:"reasoning,omitempty"`
	// Estimated is true if a provider did not report a count and it was computed instead.
	Estimated bool `json:"estimated,omitempty"`
}

// Total is all tokens, those of prompts and those of answers.
func (u Usage) Total() int64 { return u.Input + u.Output }

// Add returns the sum of two counts, which is an estimate if either is.
func (u Usage) Add(v Usage) Usage {
	return Usage{
		Input:     u.Input + v.Input,
		Output:    u.Output + v.Output,
		Cached:    u.Cached + v.Cached,
		Reasoning: u.Reasoning + v.Reasoning,
		Estimated: u.Estimated || v.Estimated,
	}
}
