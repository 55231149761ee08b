package mcp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/tool/internal/child"
)

// inherited are the variables of our environment that a server gets: what programs need to run at all, and no secrets.
var inherited = []string{
	"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "TMPDIR",
	"APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "PROCESSOR_ARCHITECTURE", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE",
}

func checkStdio(t *spec.StdioTransport) error {
	if !slices.Contains([]string{"", "utf-8", "utf8", "UTF-8"}, t.Encoding) {
		return fmt.Errorf("the encoding %q is not supported; the protocol prescribes utf-8", t.Encoding)
	}
	return nil
}

// newStdio returns a transport that starts the server. A process of its own group, it ends when its input does, and is
// killed with all that it started if it does not.
func (s *session) newStdio(t *spec.StdioTransport) (sdk.Transport, func(), error) {
	if err := checkStdio(t); err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(t.Command, t.Args...)
	if t.Cwd != nil {
		cmd.Dir = *t.Cwd
	}
	for _, name := range inherited {
		if v, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	for _, v := range t.Env {
		cmd.Env = append(cmd.Env, v.Key+"="+v.Value)
	}
	tail := child.NewTail(4 << 10)
	cmd.Stderr = io.MultiWriter(tail, s.client.opts.Stderr)
	cmd.WaitDelay = time.Second // for whatever keeps the error stream open behind it
	child.Isolate(cmd)
	s.stderr.Store(tail)
	stop := func() {
		if cmd.Process != nil {
			_ = child.Kill(cmd) // most are gone by now
		}
	}
	return &sdk.CommandTransport{Command: cmd, TerminateDuration: 2 * time.Second}, stop, nil
}

// started makes an error of starting a program one that people understand.
func started(err error) error {
	if missing, ok := errors.AsType[*exec.Error](err); ok {
		return fmt.Errorf("the program %q cannot be started: %w", missing.Name, missing.Err)
	}
	return err
}
