package engine

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/wayflow-go/wayflow/prompt"
	"github.com/wayflow-go/wayflow/value"
)

// Effect is something that the host is to do. It is plain data.
type Effect struct {
	// ID is unique in the conversation and stays the same when the effect is performed again.
	ID string `json:"id"`
	// One of the following is set.
	Tool      *ToolCall      `json:"tool,omitempty"`
	Model     *ModelCall     `json:"model,omitempty"`
	HTTP      *HTTPCall      `json:"http,omitempty"`
	Datastore *DatastoreCall `json:"datastore,omitempty"`
	Box       *BoxCall       `json:"box,omitempty"`
	Cache     *CacheCall     `json:"cache,omitempty"`
	Remote    *RemoteCall    `json:"remote,omitempty"`
	// Aside is true if it only serves to make the prompt of the node's own question to a model.
	Aside bool `json:"aside,omitempty"`
	// Auth is how a login went that the effect asked for when it was performed before.
	Auth *AuthAnswer `json:"-"`

	// Begun is true if the host has begun with it, see [Performing].
	Begun bool `json:"begun,omitempty"`

	frame *flowFrame
	// estimate is the estimated size of the prompt of a model that is being asked; 0 if nothing is bounded.
	estimate int64
}

// ToolCall is a call of a server tool.
type ToolCall struct {
	// Tool is the index of the tool in the program.
	Tool int           `json:"tool"`
	Args *value.Object `json:"args"`
}

// ModelCall is a question to a model.
type ModelCall struct {
	// Model is the index of the model in the program.
	Model  int            `json:"model"`
	Prompt *prompt.Prompt `json:"prompt"`
	// Say is true if the answer will be a message of the conversation, so that its text may be shown as it comes.
	Say bool `json:"say,omitempty"`
}

// Digest identifies what the effect does. It stays the same from release to release, or journals could not be replayed.
func (e *Effect) Digest() string {
	data, err := json.Marshal(&Effect{Tool: e.Tool, Model: e.Model, HTTP: e.HTTP, Datastore: e.Datastore, Box: e.Box, Cache: e.Cache, Remote: e.Remote})
	if err != nil {
		return "" // what cannot be written down is not compared
	}
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Done is the event that reports how the effect ended.
func (e *Effect) Done(r Result) EffectDone { return EffectDone{ID: e.ID, Result: r, effect: e} }

// Place tells where in the conversation the effect was asked for.
func (e *Effect) Place() Place { return e.frame.place() }
