package local_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/engine"
	"github.com/wayflow-go/wayflow/host/local"
	"github.com/wayflow-go/wayflow/internal/flowtest"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool"
	"github.com/wayflow-go/wayflow/value"
)

// calls returns a tool of that name and what it does.
func calls(name string, call func(ctx context.Context, args *value.Object) (value.Value, error)) callTool {
	return callTool{name, call}
}

// untilDone is a tool that only ends when its context does.
func untilDone(ctx context.Context, _ *value.Object) (value.Value, error) {
	<-ctx.Done()
	return value.Null, ctx.Err()
}

// oneCall is a flow that calls a tool once.
func oneCall(name string) *spec.Flow {
	return flowtest.ToolFlow("one", flowtest.ServerTool(name, nil, flowtest.Texts("out")))
}

// fanOf runs a flow for each tool, at once, that calls it and tells what it returned.
func fanOf(workers int, tools ...string) *spec.Flow {
	var flows []*spec.Flow
	for i, name := range tools {
		out := fmt.Sprintf("out%d", i)
		t := flowtest.ServerTool(name, nil, flowtest.Texts(out))
		t.ID += fmt.Sprint(i)
		g := flowtest.NewGraph(fmt.Sprintf("branch%d", i))
		call := g.Add(&spec.ToolNode{Tool: t}, "call")
		say := g.Add(&spec.OutputMessageNode{Message: "got {{ x }}"}, "say")
		end := g.End("end", flowtest.Text(out))
		g.Edge(g.Start(), "", call)
		g.Edge(call, "", say)
		g.Edge(say, "", end)
		g.Data(call, out, say, "x")
		g.Data(call, out, end, out)
		flows = append(flows, g.Flow)
	}
	return flowtest.Fan("fan", workers, flows)
}

func failure(t *testing.T, c *local.Conversation) *engine.Error {
	t.Helper()
	s, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	failed, ok := s.(engine.Failed)
	if !ok {
		t.Fatalf("Run() = %#v, want that it failed", s)
	}
	return failed.Err
}

func TestTimeoutEndsACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := hostWith(t, oneCall("slow"), &local.Options{Timeout: time.Minute}, calls("slow", untilDone))
		began := time.Now()
		err := failure(t, start(t, h, nil))
		if err.Class != "TimeoutError" || !strings.Contains(err.Message, "1m0s") {
			t.Errorf("the failure is %s %q, want a TimeoutError that tells the bound", err.Class, err.Message)
		}
		if took := time.Since(began); took < time.Minute || took > 62*time.Second {
			t.Errorf("the call was ended after %s, want about a minute", took)
		}
	})
}

func TestTimeoutIsCountedFromTheStartOfEachCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		naps := calls("nap", func(ctx context.Context, _ *value.Object) (value.Value, error) {
			select {
			case <-time.After(50 * time.Second):
				return value.String("rested"), nil
			case <-ctx.Done():
				return value.Null, ctx.Err()
			}
		})
		h := hostWith(t, fanOf(1, "nap", "nap", "nap"), &local.Options{Timeout: time.Minute}, naps)
		finish(t, start(t, h, nil))
	})
}

func TestToolThatPanics(t *testing.T) {
	t.Parallel()
	h := newHost(t, oneCall("bad"), calls("bad", func(context.Context, *value.Object) (value.Value, error) { panic("oh no") }))
	err := failure(t, start(t, h, nil))
	if err.Message != "oh no" || !strings.Contains(err.Stack, "TestToolThatPanics") || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("the failure is %q with the stack %q, want the stack beside the message", err.Error(), err.Stack)
	}
}

func TestToolThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	h := newHost(t, oneCall("bad"), calls("bad", func(context.Context, *value.Object) (value.Value, error) {
		runtime.Goexit()
		return value.Null, nil
	}))
	if err := failure(t, start(t, h, nil)); !strings.Contains(err.Message, "without a result") {
		t.Errorf("the failure is %q", err.Message)
	}
}

// TestCancellation breaks a run off while one of two calls is done. The one is kept, the other repeated.
func TestCancellation(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	keys := map[string][]string{}
	enter := make(chan string, 4)
	open := make(chan struct{})
	seen := func(ctx context.Context, name string) {
		mu.Lock()
		keys[name] = append(keys[name], tool.IdempotencyKey(ctx))
		mu.Unlock()
		enter <- name
	}
	fast := calls("fast", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		seen(ctx, "fast")
		return value.String("done"), nil
	})
	slow := calls("slow", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		seen(ctx, "slow")
		select {
		case <-open:
			return value.String("late"), nil
		case <-ctx.Done():
			return value.Null, ctx.Err()
		}
	})
	h := newHost(t, fanOf(2, "fast", "slow"), fast, slow)
	c := start(t, h, nil)

	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("shutdown")
	fastDone := make(chan struct{})
	go func() {
		<-enter
		<-enter
		<-fastDone
		cancel(reason)
	}()
	var err error
	for ev, e := range c.Events(ctx) {
		if done, ok := ev.Note.(engine.EffectFinished); ok && done.Result.Value.Str() == "done" {
			close(fastDone)
		}
		err = e
	}
	var interrupted *local.InterruptedError
	if !errors.As(err, &interrupted) || !errors.Is(err, reason) {
		t.Fatalf("Events() ends with %v, want that it was interrupted by %v", err, reason)
	}
	if _, running := c.Status().(engine.Running); !running {
		t.Fatalf("Status() = %#v, want that a call is pending", c.Status())
	}
	resumed := resume(t, h, c)
	close(open)
	for _, c := range []*local.Conversation{c, resumed} {
		got := finish(t, c).Outputs.Of().String()
		if want := `{"out0":"done","out1":"late"}`; got != want {
			t.Errorf("the outputs are %s, want %s", got, want)
		}
	}
	want := map[string][]string{"fast": {"c/2.0.2"}, "slow": {"c/2.1.2", "c/2.1.2", "c/2.1.2"}}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("the idempotency keys (-want +got):\n%s", diff)
	}
}

// resume takes a conversation up from its snapshot.
func resume(t *testing.T, h *local.Host, c *local.Conversation) *local.Conversation {
	t.Helper()
	saved, err := c.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	resumed, err := h.Resume(c.ID(), saved)
	if err != nil {
		t.Fatal(err)
	}
	return resumed
}

// TestContextOfACallIsLikeAnyOther derives a context from that of a call and waits for it to end with the run.
func TestContextOfACallIsLikeAnyOther(t *testing.T) {
	t.Parallel()
	type mine struct{}
	entered := make(chan string, 1)
	derive := calls("derive", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		if err := ctx.Err(); err != nil {
			t.Errorf("Err() = %v at the start", err)
		}
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("the call has no deadline")
		}
		derived, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		entered <- tool.IdempotencyKey(derived) + fmt.Sprint(derived.Value(mine{}))
		<-derived.Done()
		if !errors.Is(ctx.Err(), context.Canceled) || !errors.Is(context.Cause(derived), errStop) {
			t.Errorf("the context ended with %v, because of %v", ctx.Err(), context.Cause(derived))
		}
		return value.Null, derived.Err()
	})
	c := start(t, newHost(t, oneCall("derive"), derive), nil)
	ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), mine{}, "!"))
	go func() {
		if got := <-entered; got != "c/2!" {
			t.Errorf("the values of the context are %q, want the key and the caller's", got)
		}
		cancel(errStop)
	}()
	if _, err := c.Run(ctx); !errors.Is(err, errStop) {
		t.Errorf("Run() = %v, want %v", err, errStop)
	}
}

var errStop = errors.New("stop")

func TestContextThatIsDoneAlready(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := start(t, newHost(t, oneCall("word"), word), nil)
	if s, err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Run() = %v, %v, want that it is interrupted", s, err)
	}
	finish(t, c)
}

// TestRunWaitsForToolsThatIgnoreTheirContext shows what the package says: such a tool keeps Run waiting, and what it
// returns counts.
func TestRunWaitsForToolsThatIgnoreTheirContext(t *testing.T) {
	t.Parallel()
	entered, open := make(chan struct{}), make(chan struct{})
	deaf := calls("deaf", func(context.Context, *value.Object) (value.Value, error) {
		close(entered)
		<-open
		return value.String("at last"), nil
	})
	c := start(t, newHost(t, oneCall("deaf"), deaf), nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx)
		ended <- err
	}()
	<-entered
	cancel()
	select {
	case err := <-ended:
		t.Errorf("Run() returned %v while the tool was working", err)
	default:
	}
	close(open)
	if err := <-ended; err != nil {
		t.Errorf("Run() = %v, want the result of the tool", err)
	}
}

func TestLeavingTheLoopOfEventsInterrupts(t *testing.T) {
	t.Parallel()
	c := start(t, newHost(t, oneCall("slow"), calls("slow", untilDone)), nil)
	for ev, err := range c.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := ev.Note.(engine.EffectStarted); ok {
			break
		}
	}
	if _, running := c.Status().(engine.Running); !running {
		t.Errorf("Status() = %#v, want that the call is pending", c.Status())
	}
}

func TestConversationCanBeAskedWhileItRuns(t *testing.T) {
	t.Parallel()
	c := start(t, newHost(t, fanOf(1, "word", "word"), word), nil)
	for ev, err := range c.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Messages()
		switch ev.Note.(type) {
		case engine.EffectStarted:
			if _, running := c.Status().(engine.Running); !running {
				t.Errorf("Status() = %#v while a call is in flight", c.Status())
			}
			if _, err := c.Run(t.Context()); !errors.Is(err, local.ErrBusy) {
				t.Errorf("Run() = %v while it runs, want %v", err, local.ErrBusy)
			}
			if err := c.Answer(engine.Answer{}); !errors.Is(err, local.ErrBusy) {
				t.Errorf("Answer() = %v while it runs, want %v", err, local.ErrBusy)
			}
			if _, err := c.Snapshot(); !errors.Is(err, local.ErrBusy) {
				t.Errorf("Snapshot() = %v while it runs, want %v", err, local.ErrBusy)
			}
			for _, err := range c.Events(t.Context()) {
				if !errors.Is(err, local.ErrBusy) {
					t.Errorf("Events() = %v while it runs, want %v", err, local.ErrBusy)
				}
			}
		}
	}
}

func TestEventsTellTheWholeStory(t *testing.T) {
	t.Parallel()
	clock := time.Unix(0, 0)
	opts := &local.Options{Now: func() time.Time { clock = clock.Add(time.Second); return clock }}
	c := start(t, hostWith(t, fanOf(1, "word", "word"), opts, word), nil)
	var got []string
	last := time.Time{}
	for ev, err := range c.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if !ev.Time.After(last) {
			t.Errorf("an event of %s comes after one of %s", ev.Time, last)
		}
		last = ev.Time
		switch n := ev.Note.(type) {
		case engine.NodeStarted:
			got = append(got, "start "+strings.Join(n.Path, ">"))
		case engine.NodeFinished:
			got = append(got, "end "+strings.Join(n.Path, ">"))
		case engine.EffectStarted:
			got = append(got, "call "+n.Effect.ID)
		case engine.EffectFinished:
			got = append(got, "called "+n.Effect.ID)
		case engine.MessageAdded:
			got = append(got, "said "+n.Message.Text())
		}
	}
	branch := func(name, id string) []string {
		at := "fan>" + name + ">"
		return []string{
			"called " + id, "end " + at + "call", "start " + at + "say", "said got word", "end " + at + "say", "start " + at + "end", "end " + at + "end",
		}
	}
	want := slices.Concat(
		[]string{"start start", "end start", "start fan", "start fan>branch0>start", "end fan>branch0>start", "start fan>branch0>call", "call 2.0.2"},
		branch("branch0", "2.0.2"),
		[]string{"start fan>branch1>start", "end fan>branch1>start", "start fan>branch1>call", "call 2.1.2"},
		branch("branch1", "2.1.2"),
		[]string{"end fan", "start end", "end end"},
	)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the events (-want +got):\n%s", diff)
	}
}

// TestFirstBranchInOrderDecidesTheError lets the later of two failing branches fail first; the branch after both is
// cancelled at once, the earlier one is waited for.
func TestFirstBranchInOrderDecidesTheError(t *testing.T) {
	t.Parallel()
	started, cancelled := make(chan struct{}), make(chan struct{})
	early := calls("early", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		<-cancelled
		return value.Null, errors.New("early: " + fmt.Sprint(ctx.Err()))
	})
	late := calls("late", func(context.Context, *value.Object) (value.Value, error) {
		<-started
		return value.Null, errors.New("late")
	})
	after := calls("after", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		close(started)
		<-ctx.Done()
		close(cancelled)
		return value.Null, ctx.Err()
	})
	err := failure(t, start(t, newHost(t, fanOf(3, "early", "late", "after"), early, late, after), nil))
	if err.Message != "early: <nil>" {
		t.Errorf("the failure is %q, want that of the first branch, which was not cancelled", err.Message)
	}
	if diff := cmp.Diff([]string{"fan", "branch0", "call"}, err.Path); diff != "" {
		t.Errorf("the path of the failure (-want +got):\n%s", diff)
	}
}

func TestRunAfterAFailureTriesAgain(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	flaky := calls("flaky", func(context.Context, *value.Object) (value.Value, error) {
		if tries.Add(1) == 1 {
			return value.Null, errors.New("not yet")
		}
		return value.String("now"), nil
	})
	c := start(t, newHost(t, oneCall("flaky"), flaky), nil)
	if err := failure(t, c); err.Message != "not yet" {
		t.Errorf("the failure is %q", err.Message)
	}
	if got := finish(t, c).Outputs.Of().String(); got != `{"out":"now"}` {
		t.Errorf("the outputs are %s", got)
	}
}

// TestNestedLimitsCompose counts the calls that run at once in a parallel node with two workers, whose branches have two
// each.
func TestNestedLimitsCompose(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int32
	full := make(chan struct{})
	var once sync.Once
	count := calls("count", func(context.Context, *value.Object) (value.Value, error) {
		n := running.Add(1)
		defer running.Add(-1)
		for {
			old := most.Load()
			if n <= old || most.CompareAndSwap(old, n) {
				break
			}
		}
		if n == 4 {
			once.Do(func() { close(full) })
		}
		<-full
		return value.String("x"), nil
	})
	var outer []*spec.Flow
	for i := range 3 {
		var inner []*spec.Flow
		for j := range 3 {
			ft := flowtest.ServerTool("count", nil, flowtest.Texts(fmt.Sprintf("out%d%d", i, j)))
			ft.ID += fmt.Sprint(i, j)
			inner = append(inner, flowtest.ToolFlow(fmt.Sprintf("inner%d%d", i, j), ft))
		}
		outer = append(outer, flowtest.Fan(fmt.Sprintf("outer%d", i), 2, inner))
	}
	finish(t, start(t, newHost(t, flowtest.Fan("fan", 2, outer), count), nil))
	if most.Load() != 4 {
		t.Errorf("%d calls ran at once, want 4", most.Load())
	}
}

// TestDelaysOfToolsChangeNothing runs one flow many times with tools that take their time at random.
func TestDelaysOfToolsChangeNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dawdle := func(name string) callTool {
			return calls(name, func(context.Context, *value.Object) (value.Value, error) {
				time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
				return value.String(name), nil
			})
		}
		names := []string{"a", "b", "c", "d", "e", "f"}
		var tools []tool.Tool
		for _, name := range names {
			tools = append(tools, dawdle(name))
		}
		h := newHost(t, fanOf(3, names...), tools...)
		var first string
		for i := range 200 {
			c := start(t, h, nil)
			story := finish(t, c).Outputs.Of().String()
			for _, m := range c.Messages() {
				story += "\n" + m.Text()
			}
			if i == 0 {
				first = story
			}
			if diff := cmp.Diff(first, story); diff != "" {
				t.Fatalf("run %d differs (-first +this):\n%s", i, diff)
			}
		}
	})
}

func TestThousandsOfConversationsAtOnce(t *testing.T) {
	t.Parallel()
	const n = 2_000
	arrived := make(chan struct{}, n)
	open := make(chan struct{})
	gate := calls("gate", func(ctx context.Context, _ *value.Object) (value.Value, error) {
		arrived <- struct{}{}
		<-open
		return value.String(tool.IdempotencyKey(ctx)), nil
	})
	h := newHost(t, oneCall("gate"), gate)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprintf("c%d", i)
			c, err := h.Start(id, nil, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if got := finish(t, c).Outputs.Of().String(); got != fmt.Sprintf(`{"out":"%s/2"}`, id) {
				t.Errorf("the outputs are %s", got)
			}
		})
	}
	for range n {
		<-arrived
	}
	close(open)
	wg.Wait()
}

// TestWaitingHoldsNoGoroutine is told apart from the package's leak check: the conversations are still there.
func TestWaitingHoldsNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // in a bubble, a goroutine that is left over ends the test
		h := newHost(t, askFlow())
		conversations := make([]*local.Conversation, 1_000)
		for i := range conversations {
			conversations[i] = start(t, h, nil)
			s, err := conversations[i].Run(t.Context())
			if _, waiting := s.(engine.Waiting); err != nil || !waiting {
				t.Fatalf("Run() = %#v, %v, want that it waits", s, err)
			}
		}
		for _, c := range conversations {
			said := message.Text(message.User, "on")
			if err := c.Answer(engine.Answer{ID: "2", Message: &said}); err != nil {
				t.Fatal(err)
			}
			if err := c.Answer(engine.Answer{ID: "2", Message: &said}); err == nil {
				t.Error("Answer() takes a second answer")
			}
			finish(t, c)
		}
	})
}
