package a2a

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/a2aproject/a2a-go/v2/a2a"

	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/remote"
)

// outgoing is the message of a turn: all that was said since the last one.
func outgoing(t *remote.Turn, s *session) (*a2a.Message, error) {
	out := &a2a.Message{ID: t.Key, ContextID: s.Context, TaskID: a2a.TaskID(s.Task), Role: a2a.MessageRoleUser}
	for i := range t.Messages {
		for _, p := range t.Messages[i].Contents {
			part, err := outgoingPart(p)
			if err != nil {
				return nil, err
			}
			out.Parts = append(out.Parts, part)
		}
	}
	if len(out.Parts) == 0 {
		return nil, errors.New("there is nothing to tell it")
	}
	return out, nil
}

func outgoingPart(p message.Part) (*a2a.Part, error) {
	if p.Image == "" {
		return a2a.NewTextPart(p.Text), nil
	}
	rest, inline := strings.CutPrefix(p.Image, "data:")
	if !inline {
		return a2a.NewFileURLPart(a2a.URL(p.Image), ""), nil
	}
	kind, text, _ := strings.Cut(rest, ",")
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("an image is no base64: %w", err)
	}
	part := a2a.NewRawPart(data)
	part.MediaType = strings.TrimSuffix(kind, ";base64")
	return part, nil
}

// incoming is a message of the agent. Data is said as JSON; of a file that is no image, its name or address is.
func incoming(parts a2a.ContentParts) message.Message {
	m := message.Message{Role: message.Assistant}
	for _, p := range parts {
		m.Contents = append(m.Contents, incomingPart(p))
	}
	return m
}

func incomingPart(p *a2a.Part) message.Part {
	image := strings.HasPrefix(p.MediaType, "image/")
	switch c := p.Content.(type) {
	case a2a.Text:
		return message.Part{Text: string(c)}
	case a2a.Raw:
		if image {
			return message.Part{Image: "data:" + p.MediaType + ";base64," + base64.StdEncoding.EncodeToString(c)}
		}
		return message.Part{Text: fmt.Sprintf("[file %s, %s, %d bytes]", p.Filename, p.MediaType, len(c))}
	case a2a.URL:
		if image {
			return message.Part{Image: string(c)}
		}
		return message.Part{Text: string(c)}
	default:
		data, err := json.Marshal(p.Data())
		if err != nil {
			return message.Part{Text: "[unreadable data]"}
		}
		return message.Part{Text: string(data)}
	}
}

// told is what was said with a state, to be put into an error.
func told(said []message.Message) string {
	var texts []string
	for i := range said {
		if t := said[i].Text(); t != "" {
			texts = append(texts, t)
		}
	}
	if texts == nil {
		return ""
	}
	return ": " + strings.Join(texts, " ")
}

// name is a state as people write it: "failed" for TASK_STATE_FAILED.
func name(s a2a.TaskState) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(string(s), "TASK_STATE_"), "_", "-"))
}
