//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestInterrupt interrupts the command while a tool runs: the tool is cancelled, and what was done is printed.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		signal syscall.Signal
		code   int
	}{
		{"Ctrl-C", syscall.SIGINT, 130},
		{"terminate", syscall.SIGTERM, 143},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tools := filepath.Join(t.TempDir(), "tools.yaml")
			if err := os.WriteFile(tools, []byte("tools: {work: {exec: [sleep, '600']}}"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), executable(t), "run", "testdata/flows/fail.yaml", "--tools", tools, "--format", "events")
			cmd.Env = append(os.Environ(), asCommand+"=1")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			last := ""
			for lines := bufio.NewScanner(stdout); lines.Scan(); {
				last = lines.Text()
				if strings.Contains(last, `"event":"tool_started"`) {
					if err := cmd.Process.Signal(tt.signal); err != nil {
						t.Fatal(err)
					}
				}
			}
			err = cmd.Wait()
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok || exit.ExitCode() != tt.code {
				t.Errorf("the command ended with %v, want exit code %d", err, tt.code)
			}
			var ended struct {
				Document struct {
					Status   string
					Messages []struct{ Content string }
				}
			}
			if err := json.Unmarshal([]byte(last), &ended); err != nil {
				t.Fatalf("last line %q: %v", last, err)
			}
			doc := ended.Document
			if doc.Status != "interrupted" || len(doc.Messages) != 1 || doc.Messages[0].Content != "This much was done" {
				t.Errorf("last line %s, want the status interrupted and the message that was said", last)
			}
			if !strings.HasPrefix(stderr.String(), "wayflow: interrupted: ") {
				t.Errorf("stderr %q, want a line that says interrupted", stderr.String())
			}
		})
	}
}
