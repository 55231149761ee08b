package engine

import (
	"strconv"

	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// CacheCall looks up an entry of a cache, or puts one there.
type CacheCall struct {
	prompt.Entry
	// Put is true if the entry is to be put there; it replaces the one that has its key.
	Put bool `json:"put,omitempty"`
}

// renderPrompt makes the prompt for the model of the current node. What a template has to know first, such as the summary
// of a long conversation, is asked for by an effect of its own; the frame keeps what it came to, so that the prompt is
// made again with it and nothing is asked twice. If the prompt is nil without an error, the frame waits for that.
func (m *Machine) renderPrompt(f *flowFrame, t *prompt.Template, r *prompt.Rendering) (*prompt.Prompt, *Error) {
	r.Known, r.Scope = f.known, f.scope()
	p, aside, err := t.Render(r)
	switch {
	case err != nil:
		return nil, stepError(err)
	case aside == nil:
		return p, nil
	}
	e := &Effect{Aside: true}
	switch {
	case aside.Ask != nil:
		e.Model = &ModelCall{Model: aside.Ask.Model, Prompt: aside.Ask.Prompt}
	case aside.Recall != nil:
		e.Cache = &CacheCall{Entry: *aside.Recall}
	default:
		e.Cache = &CacheCall{Entry: *aside.Remember, Put: true}
	}
	m.emit(f, e)
	return nil, nil
}

// asideDone takes what an effect of [Machine.renderPrompt] came to, and has the node make its prompt again.
func (m *Machine) asideDone(f *flowFrame, e *Effect, r Result) *flowFrame {
	said := r.Value
	if e.Model != nil {
		answer, err := r.answered()
		if err != nil {
			return m.fail(f, err)
		}
		said = value.String(answer.Text())
	} else if r.Err != nil {
		return m.fail(f, r.Err)
	}
	f.known = append(f.known, said)
	f.trial++
	n := f.current()
	if op, ok := n.Op.(*program.CallModel); ok {
		return m.question(f, n, op)
	}
	return m.run(f, n)
}

// scope is the address of the part of the conversation that a frame works on: empty for the main one, else that of the
// branch whose messages are not merged yet.
func (f *flowFrame) scope() string {
	for {
		switch up := f.up.(type) {
		case *flowFrame:
			f = up
		case *fanFrame:
			if o := f.caller(); o != nil {
				return up.up.scope() + "@" + strconv.Itoa(o.Thread)
			}
			if up.up.talk != f.talk {
				b := up.appendID(make([]byte, 0, 24))
				return string(strconv.AppendInt(append(b, '.'), int64(f.branch), 10))
			}
			f = up.up
		default:
			return ""
		}
	}
}
