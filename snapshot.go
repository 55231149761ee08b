package wayflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wayflow-go/wayflow/spec"
)

// savedConversation is a conversation as JSON. It holds the identity of its document, not the document.
type savedConversation struct {
	Conversation string          `json:"conversation"`
	Document     string          `json:"document"`
	State        json.RawMessage `json:"state"`
}

// Snapshot is the conversation as JSON, for [App.Resume]. Take it while the conversation does not run.
type Snapshot []byte

// Snapshot returns the whole state of a conversation. It goes on from there in this or another process, with an app of
// the same document. An answer that was given since the last run is not part of it yet.
func (c *Conversation) Snapshot() (Snapshot, error) {
	document, err := c.app.fingerprint()
	if err != nil {
		return nil, err
	}
	state, err := c.local.Snapshot()
	if err != nil {
		return nil, err
	}
	return json.Marshal(savedConversation{c.ID(), document, state})
}

// errOtherDocument is returned by [App.Resume] for a snapshot of another document.
var errOtherDocument = errors.New("it belongs to another document, or to another version of this one")

// open checks that a snapshot is of a document.
func (s Snapshot) open(document string) (savedConversation, error) {
	var saved savedConversation
	if err := json.Unmarshal(s, &saved); err != nil {
		return saved, fmt.Errorf("read snapshot: %w", err)
	}
	if saved.Document != document {
		return saved, errOtherDocument
	}
	return saved, nil
}

// fingerprint identifies a document by its content.
func fingerprint(root spec.Component) (string, error) {
	data, err := spec.Export(root, nil)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
