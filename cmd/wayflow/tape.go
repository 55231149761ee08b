package main

import (
	"github.com/spf13/pflag"

	"github.com/wayflow-go/wayflow/replay"
)

// tapeFlags record a run, or replay it.
type tapeFlags struct {
	record, replay string
	tape           *replay.Tape
}

func (t *tapeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&t.record, "record", "", "a `FILE` to write what models, tools and servers were asked and answered; without secrets")
	flags.StringVar(&t.replay, "replay", "", "such a `FILE`, which then answers in their place: nothing is asked")
}

// open returns the tape that the flags name; nil if they name none.
func (t *tapeFlags) open() (*replay.Tape, error) {
	switch {
	case t.record != "" && t.replay != "":
		return nil, usagef("--record and --replay do not go together")
	case t.record != "":
		t.tape = replay.Record(t.record)
	case t.replay != "":
		tape, err := replay.Open(t.replay)
		if err != nil {
			return nil, newFileError(t.replay, err)
		}
		t.tape = tape
	}
	return t.tape, nil
}

// close writes what was recorded.
func (t *tapeFlags) close() error {
	if t.tape == nil {
		return nil
	}
	return t.tape.Close()
}
