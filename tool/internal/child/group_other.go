//go:build !unix

package child

import (
	"os/exec"
	"strconv"
)

// Isolate has nothing to prepare here.
func Isolate(*exec.Cmd) {}

// Kill ends the started program and what it started.
func Kill(cmd *exec.Cmd) error {
	// taskkill follows the tree of processes; where it is missing or fails, at least the program itself ends.
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
	return cmd.Process.Kill()
}
