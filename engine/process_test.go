package engine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/program"
	"github.com/wayflow-go/wayflow/spec"
)

// stepEnv makes the test binary take one event of the conversation on its standard input, and write it out again.
const stepEnv = "WAYFLOW_TEST_STEP"

// saved is a conversation between two events: all that a process hands on to the next.
type saved struct {
	Document []byte          `json:"document"`
	State    json.RawMessage `json:"state"`
}

func TestMain(m *testing.M) {
	if os.Getenv(stepEnv) == "" {
		os.Exit(m.Run())
	}
	if err := stepProcess(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// stepProcess is what a fresh process does: load the document and the state, take one event, save the state.
func stepProcess(in io.Reader, out io.Writer) error {
	var s saved
	if err := json.NewDecoder(in).Decode(&s); err != nil {
		return err
	}
	p, err := loadProgram(s.Document)
	if err != nil {
		return err
	}
	m, err := engine.Load(p, s.State, engine.Limits{})
	if err != nil {
		return err
	}
	ev, err := nextEvent(m, &flowtest.World{Program: p})
	if err != nil {
		return err
	}
	if _, err := m.Advance(ev); err != nil {
		return err
	}
	if s.State, err = json.Marshal(m); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(s)
}

func loadProgram(document []byte) (*program.Program, error) {
	doc, err := spec.Load(document, nil)
	if err != nil {
		return nil, err
	}
	return program.Compile(doc.Root)
}

// nextEvent is the last pending effect, done, or else the answer to what was asked.
func nextEvent(m *engine.Machine, w *flowtest.World) (engine.Event, error) {
	switch s := m.Status().(type) {
	case engine.Ready:
		return engine.Begin{Inputs: flowtest.Inputs()}, nil
	case engine.Running:
		pending := m.Pending()
		e := pending[len(pending)-1]
		return engine.EffectDone{ID: e.ID, Result: w.Result(e)}, nil
	case engine.Waiting:
		return w.Answer(s.Requests[0]), nil
	}
	return nil, errors.New("the conversation has ended")
}

func TestEachEventInAProcessOfItsOwn(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	t.Parallel()
	for seed := range 4 {
		flow := rapid.Custom(func(t *rapid.T) *spec.Flow {
			return flowtest.Draw(t, flowtest.Shape{Ask: true, Depth: 2})
		}).Example(seed + 11)
		document, err := spec.Export(flow, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := loadProgram(document)
		if err != nil {
			t.Fatal(err)
		}
		want := drive(t, p, &flowtest.World{}, flowtest.Plan{})
		m := engine.New(p, engine.Limits{})
		s := saved{Document: document, State: snapshot(t, m)}
		steps := 0
		for ; !ended(m); steps++ {
			s = runProcess(t, s)
			if m, err = engine.Load(p, s.State, engine.Limits{}); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("flow %d: %d processes", seed, steps)
		got, err := flowtest.Drive(m, &flowtest.World{Program: p}, flowtest.Plan{})
		if err != nil {
			t.Fatal(err)
		}
		want.Effects = want.Effects[len(want.Effects)-1:] // what was done in other processes is not known here, but for the usage
		wantSame(t, want, got)
	}
}

func ended(m *engine.Machine) bool {
	switch m.Status().(type) {
	case engine.Finished, engine.Failed:
		return true
	}
	return false
}

func runProcess(t *testing.T, s saved) saved {
	t.Helper()
	in, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), stepEnv+"=1")
	cmd.Stdin = bytes.NewReader(in)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("process: %v: %s", err, complaint.String())
	}
	var next saved
	if err := json.Unmarshal(out, &next); err != nil {
		t.Fatal(err)
	}
	return next
}
