package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/wayflow-go/wayflow/store/storetest"
)

// The bound is 60 µs an effect with 64 conversations at once.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "x.db"))
			defer s.Close()
			storetest.BenchAppend(b, s, n)
		})
	}
}

// The bound is 50 ms for a page of 100,000 conversations that wait.
func BenchmarkList(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "x.db"))
	defer s.Close()
	storetest.BenchList(b, s, 100_000)
}
