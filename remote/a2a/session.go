package a2a

import (
	"encoding/json"
	"slices"

	"github.com/a2aproject/a2a-go/v2/a2a"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/remote"
	"github.com/wayflow-go/wayflow/value"
)

// session is what finds the agent's side of the conversation again.
type session struct {
	// Context is the agent's name for the conversation.
	Context string `json:"context,omitempty"`
	// Task waits for input, if it is set, and the next message goes to it.
	Task string `json:"task,omitempty"`
	// Seen are the messages and artifacts of that task that are known.
	Seen []string `json:"seen,omitempty"`
}

func openSession(v value.Value) (*session, error) {
	s := &session{}
	if v.IsNull() {
		return s, nil
	}
	data, err := v.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return s, json.Unmarshal(data, s)
}

// reply is what the agent said, with the session as it is now. A message without content is left out.
func (s *session) reply(said ...message.Message) (*remote.Reply, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	v, err := value.ParseJSON(data)
	if err != nil {
		return nil, err
	}
	said = slices.DeleteFunc(said, func(m message.Message) bool { return len(m.Contents) == 0 })
	return &remote.Reply{Session: v, Messages: said}, nil
}

// news is what the agent has said in a task since the last turn: messages of its history, that of its status, artifacts.
func (s *session) news(sent *a2a.Message, task *a2a.Task) []message.Message {
	var said []message.Message
	s.Seen = append(s.Seen, sent.ID)
	add := func(id string, parts a2a.ContentParts) {
		if id != "" && slices.Contains(s.Seen, id) {
			return
		}
		s.Seen = append(s.Seen, id)
		said = append(said, incoming(parts))
	}
	for _, m := range task.History {
		if m.Role == a2a.MessageRoleAgent {
			add(m.ID, m.Parts)
		}
	}
	if m := task.Status.Message; m != nil {
		add(m.ID, m.Parts)
	}
	for _, art := range task.Artifacts {
		add("artifact "+string(art.ID), art.Parts)
	}
	return said
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
