package prompt

import (
	"errors"

	"github.com/wayflow-go/wayflow/value"
)

// Aside is something that has to be done before a prompt can be made; one of its fields is set. It is plain data.
type Aside struct {
	// Ask is a question to a model. What it says is the text of its answer.
	Ask *Question `json:"ask,omitempty"`
	// Recall looks an entry up in a cache. What it says is the entry, or null if there is none.
	Recall *Entry `json:"recall,omitempty"`
	// Remember puts an entry into a cache, in the place of the one that has its key. It says null.
	Remember *Entry `json:"remember,omitempty"`
}

// Question is what a model is asked aside.
type Question struct {
	// Model is the index of the model in the program.
	Model  int     `json:"model"`
	Prompt *Prompt `json:"prompt"`
}

// Entry is an entry of a cache.
type Entry struct {
	Cache
	// Key is unique among the entries of one conversation.
	Key string `json:"key"`
	// Content are the columns of the entry beside its key and its times.
	Content *value.Object `json:"content,omitempty"`
}

// Cache is where summaries are kept.
type Cache struct {
	// Datastore is the index of the datastore in the program, Collection the name of the collection in it.
	Datastore  int    `json:"datastore"`
	Collection string `json:"collection"`
	// MaxSize bounds the number of entries, MaxAge their age in seconds; 0 does not.
	MaxSize int `json:"max_size,omitempty"`
	MaxAge  int `json:"max_age,omitempty"`
}

// errPending says that an aside has to be done first.
var errPending = errors.New("something has to be known first")

// asides are what a rendering has to know. A rendering that needs an aside ends with it, and is done again with what it
// said; so there is no state but the list of what is known.
type asides struct {
	// known is what the first asides of the rendering said, in order.
	known []value.Value
	used  int
	// scope tells conversations within one conversation apart.
	scope string
	// next is the aside that is to be done.
	next *Aside
}

// need returns what an aside says; the error is errPending if it has to be done first.
func (a *asides) need(aside *Aside) (value.Value, error) {
	if a.used < len(a.known) {
		a.used++
		return a.known[a.used-1], nil
	}
	a.next = aside
	return value.Null, errPending
}
