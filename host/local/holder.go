package local

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/google/uuid"
)

// holder is the part of the names in leases that tells this process from all others: the machine, the number of the
// process, and, since numbers come again, something that does not.
var holder = sync.OnceValue(func() string {
	machine, err := os.Hostname()
	if err != nil {
		machine = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", machine, os.Getpid(), uuid.NewString()[:8])
})

var holders atomic.Int64

// newHolder returns a name for leases.
func newHolder() string { return holder() + "/" + strconv.FormatInt(holders.Add(1), 10) }

// isDead reports whether the process that holds a lease was one of this machine and is no more.
func isDead(name string) bool {
	theirs, ours := strings.Split(name, "/"), strings.Split(holder(), "/")
	if len(theirs) != 4 || theirs[0] != ours[0] {
		return false
	}
	if theirs[1] == ours[1] {
		return theirs[2] != ours[2]
	}
	pid, err := strconv.Atoi(theirs[1])
	if err != nil {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	if runtime.GOOS == "windows" {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}
