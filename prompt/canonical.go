package prompt

import (
	"fmt"
	"slices"

	"github.com/wayflow-go/wayflow/message"
)

// Canonical makes of messages what older models want: one system message first, then user and assistant in turns, a
// user's message before everything else. Several tool requests at once become one after the other, each followed by its
// result, which counts as the user's.
func Canonical(messages []message.Message) ([]message.Message, error) {
	c := &canonical{}
	for _, m := range messages {
		if err := c.add(m); err != nil {
			return nil, err
		}
	}
	if len(c.requests) > 0 {
		return nil, &TransformError{"ValueError", fmt.Sprintf("the request for tool %q has no result", c.requests[0].Name)}
	}
	if !slices.ContainsFunc(c.out, func(m message.Message) bool { return m.Role == message.User }) {
		c.fill()
	}
	if c.system != nil {
		c.out = append([]message.Message{*c.system}, c.out...)
	}
	return c.out, nil
}

type canonical struct {
	system *message.Message
	out    []message.Message
	// requests wait for their results.
	requests []message.ToolRequest
	filled   int
}

func (c *canonical) add(m message.Message) error {
	switch {
	case m.ToolResult != nil:
		m.Role = message.User
		return c.user(m)
	case m.Role == message.System:
		if c.system == nil {
			c.system = &m
			return nil
		}
		merged := withContents(*c.system, m)
		c.system = &merged
	case m.Role == message.Assistant:
		c.assistant(m)
	default:
		return c.user(m)
	}
	return nil
}

// last returns the newest message if it is of a role.
func (c *canonical) last(role message.Role) *message.Message {
	if n := len(c.out); n > 0 && c.out[n-1].Role == role {
		return &c.out[n-1]
	}
	return nil
}

// fill adds a message of the user where there must be one.
func (c *canonical) fill() {
	text := "continue"
	if c.filled == 0 {
		text = "begin"
	}
	c.filled++
	c.out = append(c.out, message.Text(message.User, text))
}

func withContents(m, n message.Message) message.Message {
	m.Contents = slices.Concat(m.Contents, n.Contents)
	return m
}

func (c *canonical) user(m message.Message) error {
	last := c.last(message.User)
	switch {
	case last == nil:
		c.out = append(c.out, m)
	case m.ToolResult == nil:
		*last = withContents(*last, m)
	case last.ToolResult == nil:
		last.ToolResult = m.ToolResult
		*last = withContents(*last, m)
	default:
		request, err := c.request(m.ToolResult.RequestID)
		if err != nil {
			return err
		}
		c.out = append(c.out, request, m)
	}
	return nil
}

// request takes a request out of those that wait.
func (c *canonical) request(id string) (message.Message, error) {
	i := slices.IndexFunc(c.requests, func(r message.ToolRequest) bool { return r.ID == id })
	if i < 0 {
		return message.Message{}, &TransformError{"RuntimeError", fmt.Sprintf("there is no tool request %q for a result", id)}
	}
	r := c.requests[i]
	c.requests = slices.Delete(slices.Clone(c.requests), i, i+1)
	return message.Message{Role: message.Assistant, ToolRequests: []message.ToolRequest{r}}, nil
}

func (c *canonical) assistant(m message.Message) {
	if len(m.ToolRequests) > 1 {
		c.requests = append(c.requests, m.ToolRequests[1:]...)
		m.ToolRequests = m.ToolRequests[:1:1]
	}
	if len(c.out) == 0 {
		c.fill()
	}
	last := c.last(message.Assistant)
	if last == nil {
		c.out = append(c.out, m)
		return
	}
	merged := withContents(*last, m)
	merged.ToolRequests = slices.Concat(last.ToolRequests, m.ToolRequests)
	*last = merged
}
