//go:build unix

package child

import (
	"os"
	"os/exec"
	"syscall"
)

// Isolate makes the program that cmd will start the leader of a process group, so that [Kill] reaches all that it
// starts, and a Ctrl-C at the terminal reaches none of it.
func Isolate(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

// Kill ends the started program and its group at once. It is [os.ErrProcessDone] if they are gone.
func Kill(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if err == syscall.ESRCH {
		return os.ErrProcessDone
	}
	return err
}
