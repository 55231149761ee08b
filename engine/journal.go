package engine

import (
	"encoding/json"
	"fmt"
)

// eventVersion is raised whenever an older machine would take an event that a newer one writes for something else. A new
// kind, or a new field that may be left out, is no reason.
const eventVersion = 1

// eventKinds are all kinds of events, by the names that they have in journals. A new kind is a line here.
var eventKinds = []eventKind{
	kindOf[Begin]("begin"),
	kindOf[EffectDone]("effect_done"),
	kindOf[Answer]("answer"),
	kindOf[Say]("say"),
	kindOf[Retry]("retry"),
	kindOf[SetBudget]("set_budget"),
	kindOf[Elapsed]("elapsed"),
	kindOf[Performing]("performing"),
	kindOf[Lost]("lost"),
	kindOf[Set]("set"),
}

// eventKind is a kind of event.
type eventKind struct {
	name   string
	is     func(ev Event) bool
	decode func(data []byte) (Event, error)
}

func kindOf[E Event](name string) eventKind {
	return eventKind{
		name: name,
		is:   func(ev Event) bool { _, ok := ev.(E); return ok },
		decode: func(data []byte) (Event, error) {
			var ev E
			err := json.Unmarshal(data, &ev)
			return ev, err
		},
	}
}

// savedEvent is an event as JSON.
type savedEvent[D any] struct {
	Version int    `json:"v"`
	Kind    string `json:"event"`
	Data    D      `json:"data"`
}

// EncodeEvent writes an event as JSON, for a journal.
func EncodeEvent(ev Event) ([]byte, error) {
	switch p := ev.(type) {
	case *EffectDone:
		ev = *p
	case *Begin:
		ev = *p
	}
	for i := range eventKinds {
		if k := &eventKinds[i]; k.is(ev) {
			return json.Marshal(savedEvent[Event]{eventVersion, k.name, ev})
		}
	}
	return nil, fmt.Errorf("write event: the kind %T is not known", ev)
}

// DecodeEvent reads what [EncodeEvent] wrote. The error is a [*VersionError] if a newer release did.
func DecodeEvent(data []byte) (Event, error) {
	var saved savedEvent[json.RawMessage]
	if err := json.Unmarshal(data, &saved); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	if saved.Version > eventVersion {
		return nil, &VersionError{fmt.Sprintf("an event of version %d", saved.Version)}
	}
	for i := range eventKinds {
		if k := &eventKinds[i]; k.name == saved.Kind {
			ev, err := k.decode(saved.Data)
			if err != nil {
				return nil, fmt.Errorf("read event %s: %w", k.name, err)
			}
			return ev, nil
		}
	}
	return nil, &VersionError{fmt.Sprintf("an event %q", saved.Kind)}
}

// VersionError says that a journal was written by a newer release of this module.
type VersionError struct{ what string }

// Error implements error.
func (e *VersionError) Error() string {
	return fmt.Sprintf("the journal has %s, which this release does not know; use a newer release", e.what)
}

// ReplayError says that a journal and the machine do not fit: the machine does not come to what the journal says.
type ReplayError struct{ Problem string }

// Error implements error.
func (e *ReplayError) Error() string {
	return "the journal does not fit the program: " + e.Problem
}

// Replay is [Machine.Advance] for an event of a journal. It checks that the machine has asked for the effect of which the
// journal has a result, with the same contents; the error is a [*ReplayError] if it has not.
func (m *Machine) Replay(ev Event) (Outcome, error) {
	if done, ok := ev.(EffectDone); ok {
		f := m.find(done.ID)
		if f == nil || !m.Wants(f.effect) {
			return Outcome{}, &ReplayError{fmt.Sprintf("it has a result of the effect %q, which the machine does not ask for", done.ID)}
		}
		if done.Digest != "" && done.Digest != f.effect.Digest() {
			return Outcome{}, &ReplayError{fmt.Sprintf("the machine asks for something else with the effect %q", done.ID)}
		}
		done.effect = f.effect
		ev = done
	}
	return m.Advance(ev)
}

// Wants reports whether the result of an effect is waited for.
func (m *Machine) Wants(e *Effect) bool {
	return e != nil && e.frame != nil && e.frame.effect == e && !e.frame.cancelled && m.failure() == nil
}
