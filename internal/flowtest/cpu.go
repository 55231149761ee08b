//go:build unix

package flowtest

import (
	"syscall"
	"time"
)

// CPU is the processor time that this process has used. On a machine that others use too, it says more than the clock.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
