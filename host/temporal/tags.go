package temporal

import (
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/wayflow-go/wayflow/engine"
)

// The search attributes of a conversation: the name of its component, where it stands (running, waiting, finished, failed),
// and what it waits for (user, tool, confirmation, login).
var (
	componentAttribute = temporal.NewSearchAttributeKeyKeyword("WayflowComponent")
	statusAttribute    = temporal.NewSearchAttributeKeyKeyword("WayflowStatus")
	waitingAttribute   = temporal.NewSearchAttributeKeyKeywordList("WayflowWaitingFor")
)

// tags are the search attributes as the server knows them.
type tags struct {
	on      bool
	status  string
	waiting []string
}

// tag tells the server where the conversation stands, if that has changed.
func (c *conversation) tag() {
	status, waiting := describe(c.machine.Status())
	if !c.tags.on || status == c.tags.status && slices.Equal(waiting, c.tags.waiting) {
		return
	}
	c.tags.status, c.tags.waiting = status, waiting
	update := []temporal.SearchAttributeUpdate{statusAttribute.ValueSet(status), waitingAttribute.ValueSet(waiting)}
	if err := workflow.UpsertTypedSearchAttributes(c.ctx, update...); err != nil {
		workflow.GetLogger(c.ctx).Warn("search attributes are not up to date", "error", err)
	}
}

// describe is a status in words.
func describe(s engine.Status) (status string, waiting []string) {
	switch s := s.(type) {
	case engine.Finished:
		return "finished", nil
	case engine.Failed:
		return "failed", nil
	case engine.Waiting:
		for _, r := range s.Requests {
			if kind := kindOf(r); !slices.Contains(waiting, kind) {
				waiting = append(waiting, kind)
			}
		}
		return "waiting", waiting
	default:
		return "running", nil
	}
}

func kindOf(r *engine.Request) string {
	switch {
	case r.UserMessage != nil:
		return "user"
	case r.Auth != nil:
		return "login"
	case r.ToolRequests != nil && r.ToolRequests.Confirm:
		return "confirmation"
	default:
		return "tool"
	}
}
