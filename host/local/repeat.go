package local

import (
	"context"
	"fmt"

	"github.com/wayflow-go/wayflow/engine"
)

// mustAsk reports whether an effect calls a tool that must not be called twice without asking.
func (h *Host) mustAsk(e *engine.Effect) bool {
	return e.Tool != nil && h.tools[e.Tool.Tool] != nil && h.tools[e.Tool.Tool].Spec().AskToRepeat
}

// ask writes down which of the effects, that are to be started, must not be performed twice. Those that were begun with
// before become requests instead. It returns what may start.
func (c *Conversation) ask(ctx context.Context, effects []*engine.Effect, stopping bool) (start []*engine.Effect, err error) {
	c.mu.Lock()
	for _, e := range effects {
		switch {
		case !c.host.mustAsk(e) || !c.machine.Wants(e):
			start = append(start, e)
		case e.Begun:
			err = c.mark(engine.Lost{ID: e.ID})
		case !stopping:
			start = append(start, e)
			err = c.mark(engine.Performing{ID: e.ID})
		}
		if err != nil {
			c.mu.Unlock()
			return nil, err
		}
	}
	c.mu.Unlock()
	return start, c.write(ctx, false)
}

// mark hands the machine an event of the host's own.
func (c *Conversation) mark(ev engine.Event) error {
	if _, err := c.machine.Advance(ev); err != nil {
		return fmt.Errorf("conversation %s: %w", c.id, err)
	}
	c.record(ev)
	return nil
}
