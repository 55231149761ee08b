package python

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/wayflow-go/wayflow/tool/internal/child"
	"github.com/wayflow-go/wayflow/value"
)

// hostScript is what the process runs.
//
//go:embed host.py
var hostScript string

// bootstrap has Python read hostScript from its standard input, so that it need not be an argument or a file.
const bootstrap = `import os, sys
if sys.version_info < (3, 9):
    sys.exit("Python 3.9 or newer is needed, and this is " + sys.version.split()[0])
rest, script = int(sys.argv.pop(1)), b""
while len(script) < rest:
    script += os.read(0, rest - len(script)) or sys.exit("no script")
exec(compile(script, "<wayflow host>", "exec"))`

const (
	// grace is how long a process may take to end when asked to, and its output to end when it has.
	grace = 2 * time.Second
	// stderrTail is how much of its standard error is kept.
	stderrTail = 16 << 10
	// lineSlack is how much longer than the largest result a line may be: tracebacks, specifications.
	lineSlack = 4 << 20
)

var (
	errNotSent = errors.New("the process ended before it was given the call")
	errStart   = errors.New("the file took too long to load")
)

// diedError says how a process ended that should not have.
type diedError struct {
	file   string
	how    string // such as "exit status 3"
	stderr string
}

func (e *diedError) Error() string {
	return fmt.Sprintf("the python process of %q ended during the call (%s)", e.file, e.how)
}

// process is one run of Python.
//
// Four goroutines belong to it: run, which starts it and reads its replies; write, which feeds it requests; wait, which
// waits for its end; and that of os/exec which collects its standard error. All end with the process, and run, which
// closes done, is the last.
type process struct {
	path string
	opts *Options
	cmd  *exec.Cmd
	tail *child.Tail

	// ready is closed when functions or startErr is set, and not before.
	ready     chan struct{}
	functions []function
	startErr  error

	// done is closed when the process is gone and nobody waits for it any more.
	done chan struct{}

	mu      sync.Mutex
	calls   map[uint64]chan reply // guarded by mu; each has room for its reply
	lastID  uint64                // guarded by mu
	queue   []byte                // guarded by mu; requests not written yet
	ending  bool                  // guarded by mu; no more requests are taken
	died    error                 // guarded by mu; set when the process is gone
	running bool                  // guarded by mu; the process may be killed
	doomed  bool                  // guarded by mu; the process is to be killed, even if it only starts now
	late    bool                  // guarded by mu; it was killed for not loading the file in time
	wake    chan struct{}         // has room for one: something is in the queue, or ending is set
}

// start begins to start a process; ready tells when it has loaded the file.
func start(path string, opts *Options) *process {
	p := &process{
		path: path, opts: opts, tail: child.NewTail(stderrTail),
		ready: make(chan struct{}), done: make(chan struct{}),
		calls: map[uint64]chan reply{}, wake: make(chan struct{}, 1),
	}
	go p.run()
	return p
}

// gone reports whether the process died, or ends.
func (p *process) gone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ending || p.died != nil
}

// await waits until the file is loaded.
func (p *process) await(ctx context.Context) error {
	select {
	case <-p.ready:
		return p.startErr
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close asks the process to end, kills it if it does not, and returns when it is gone.
func (p *process) close() {
	p.end()
	timer := time.AfterFunc(grace, p.kill)
	defer timer.Stop()
	<-p.done
}

// end lets the process end: it is told no more.
func (p *process) end() {
	p.mu.Lock()
	p.ending = true
	p.mu.Unlock()
	p.signal()
}

func (p *process) signal() {
	select {
	case p.wake <- struct{}{}:
	default: // it will be seen anyway
	}
}

// giveUp ends a process that did not load the file in time.
func (p *process) giveUp() {
	p.mu.Lock()
	p.late = true
	p.mu.Unlock()
	p.kill()
}

// kill ends the process at once.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doomed = true
	if p.running {
		_ = child.Kill(p.cmd) // it fails if the process has just ended, which is what is wanted
	}
}

// call sends a request and waits for the reply.
func (p *process) call(ctx context.Context, function, key string, args *value.Object) (reply, error) {
	answer := make(chan reply, 1)
	p.mu.Lock()
	if p.ending || p.died != nil {
		p.mu.Unlock()
		return reply{}, errNotSent
	}
	p.lastID++
	id := p.lastID
	p.calls[id] = answer
	p.queue = append(p.queue, callLine(id, function, key, args)...)
	p.mu.Unlock()
	p.signal()

	select {
	case r, ok := <-answer:
		if !ok {
			return reply{}, p.died // set before answer was closed
		}
		return r, nil
	case <-ctx.Done():
		p.forget(id)
		return reply{}, context.Cause(ctx)
	}
}

// forget gives up a call.
func (p *process) forget(id uint64) {
	p.mu.Lock()
	if _, waiting := p.calls[id]; waiting && p.died == nil {
		delete(p.calls, id)
		p.queue = append(p.queue, cancelLine(id)...)
	}
	p.mu.Unlock()
	p.signal()
}

// run is the life of the process.
func (p *process) run() {
	defer close(p.done)
	in, out, err := p.spawn()
	if err != nil {
		p.startErr = err
		p.bury(err)
		close(p.ready)
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		p.write(in)
	}()
	waited := make(chan error, 1)
	go func() { waited <- p.wait(out) }()

	readErr := p.read(out)
	p.kill() // it has closed its output or broken the protocol: it ends, or is beyond help
	how := <-waited
	_ = out.Close() // nothing more is read
	p.end()
	_ = in.SetWriteDeadline(time.Now()) // what is still being written has no reader
	<-written
	p.bury(p.obituary(how, readErr))
	if p.functions == nil && p.startErr == nil {
		p.startErr = p.neverReady()
		close(p.ready)
	}
}

// spawn starts Python with pipes to and from it.
func (p *process) spawn() (in, out *os.File, err error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = theirIn.Close() }() // Python has its own copy
	out, theirOut, err := os.Pipe()
	if err != nil {
		_ = in.Close() // nothing was written
		return nil, nil, err
	}
	defer func() { _ = theirOut.Close() }() // Python has its own copy
	p.cmd = exec.Command(p.opts.Interpreter, "-c", bootstrap, strconv.Itoa(len(hostScript)),
		p.path, strconv.Itoa(p.opts.Threads), strconv.Itoa(p.opts.MaxOutput))
	p.cmd.Dir = p.opts.Dir
	p.cmd.Stdin, p.cmd.Stdout = theirIn, theirOut
	p.cmd.Stderr = p.tail
	if p.opts.Stderr != nil {
		p.cmd.Stderr = io.MultiWriter(p.tail, p.opts.Stderr)
	}
	p.cmd.WaitDelay = grace
	child.Isolate(p.cmd)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cmd.Start(); err != nil {
		_, _ = in.Close(), out.Close() // nothing was written
		return nil, nil, err
	}
	p.running = true
	if p.doomed {
		_ = child.Kill(p.cmd) // wait sees the end
	}
	p.queue = append([]byte(hostScript), p.queue...)
	p.signal()
	return in, out, nil
}

// write feeds requests to the process until it ends, or is to end, and then closes its input.
func (p *process) write(in *os.File) {
	for range p.wake {
		p.mu.Lock()
		batch, last := p.queue, p.ending
		p.queue = nil
		p.mu.Unlock()
		if len(batch) > 0 {
			if _, err := in.Write(batch); err != nil {
				break // the process is gone; run sees it
			}
		}
		if last {
			break
		}
	}
	_ = in.Close() // what was lost is answered by the end of the process
}

// wait waits for the end of the process, and ends what it left behind. Should that hold the output open all the same, it
// is not waited for.
func (p *process) wait(out *os.File) error {
	err := p.cmd.Wait()
	p.mu.Lock()
	p.running = false
	_ = child.Kill(p.cmd) // most often there is nothing to end
	p.mu.Unlock()
	_ = out.SetReadDeadline(time.Now().Add(grace)) // where pipes have no deadline, what was left behind is waited for
	return err
}

// read hands out replies until there are no more.
func (p *process) read(out *os.File) error {
	loading := time.AfterFunc(p.opts.Timeout, p.giveUp)
	defer loading.Stop()
	r := bufio.NewReaderSize(out, 64<<10)
	for {
		line, err := readLine(r, p.opts.MaxOutput+lineSlack)
		if err != nil {
			return err
		}
		answer, err := parseReply(line)
		if err != nil {
			return err
		}
		if answer.id == 0 {
			if !loading.Stop() {
				return errStart
			}
			if err := p.loaded(answer); err != nil {
				return err
			}
			continue
		}
		p.deliver(answer)
	}
}

// loaded takes note of what became of the file.
func (p *process) loaded(r reply) error {
	if p.functions != nil || p.startErr != nil {
		return errNoReply
	}
	switch r.kind {
	case replyReady:
		functions, err := parseFunctions(r.json)
		if err != nil {
			return err
		}
		p.functions = functions
	case replyFailed:
		f, err := parseFault(r.json)
		if err != nil {
			return err
		}
		p.startErr = p.loadError(f)
		p.end()
	default:
		return errNoReply
	}
	close(p.ready)
	return nil
}

// loadError says why Python could not load the file.
func (p *process) loadError(f fault) error {
	text := f.class
	if f.message != "" {
		text += ": " + f.message
	}
	switch {
	case f.line == 0:
		return errors.New(text)
	case f.file == p.path:
		return fmt.Errorf("line %d: %s", f.line, text)
	}
	return fmt.Errorf("%s, line %d: %s", f.file, f.line, text)
}

// deliver gives a reply to the call that waits for it, if it still does.
func (p *process) deliver(r reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answer, ok := p.calls[r.id]; ok {
		delete(p.calls, r.id)
		answer <- r
	}
}

// bury marks the process as gone and fails the calls that were in it.
func (p *process) bury(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.died = err
	for _, answer := range p.calls {
		close(answer)
	}
	p.calls = nil
	p.queue = nil
}

// obituary returns the error of calls that the process took with it.
func (p *process) obituary(exit, read error) error {
	how := "exit status 0"
	switch {
	case errors.Is(read, errLongLine), errors.Is(read, errNoReply):
		how = "it was stopped, as " + read.Error()
	case errors.Is(read, errStart):
		how = read.Error()
	case exit != nil:
		how = exit.Error()
	}
	return &diedError{file: filepath.Base(p.path), how: how, stderr: p.tail.String()}
}

// neverReady returns the error of a process that ended without a word on the file.
func (p *process) neverReady() error {
	died, _ := errors.AsType[*diedError](p.died)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.late {
		return fmt.Errorf("python did not load it within %s; set a longer timeout if it needs one", p.opts.Timeout)
	}
	if last := p.tail.LastLine(); last != "" {
		return fmt.Errorf("python ended while it loaded the file (%s): %s", died.how, last)
	}
	return fmt.Errorf("python ended while it loaded the file (%s)", died.how)
}
