package store_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/store"
)

func TestSealing(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]store.Key{"checksum": nil, "key": {{1}, {2}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := store.NewSealer(keys, 100)
			rapid.Check(t, func(t *rapid.T) {
				data := bytes.Repeat(rapid.SliceOf(rapid.Byte()).Draw(t, "data"), rapid.IntRange(0, 20).Draw(t, "times"))
				sealed := s.Seal("place", data)
				opened, err := s.Open("place", sealed)
				if err != nil || !bytes.Equal(opened, data) {
					t.Fatalf("Open() = %q, %v; want %q", opened, err, data)
				}
				if _, err := s.Open("elsewhere", sealed); err == nil {
					t.Fatal("it was opened elsewhere")
				}
				bit := rapid.IntRange(0, 8*len(sealed)-1).Draw(t, "bit")
				sealed[bit/8] ^= 1 << (bit % 8)
				if opened, err := s.Open("place", sealed); err == nil {
					t.Fatalf("one bit was changed, and it was opened: %q", opened)
				}
				if opened, err := s.Open("place", sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "length")]); err == nil {
					t.Fatalf("it was cut off, and opened: %q", opened)
				}
			})
		})
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	keys, err := store.ParseKeys("# newest\n" + strings.Repeat("ab", 32) + "\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	if err != nil || len(keys) != 2 || keys[0][0] != 0xab || keys[1] != (store.Key{}) {
		t.Errorf("ParseKeys() = %v, %v", keys, err)
	}
	_, err = store.ParseKeys("\nsecret")
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("ParseKeys() of something else: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	s := store.NewSealer([]store.Key{{1}}, 10)
	f.Add(s.Seal("place", []byte("some text that is compressed")))
	f.Add(store.NewSealer(nil, 0).Seal("place", []byte("x")))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		_, _ = s.Open("place", sealed) // whatever it is, it must not panic
	})
}
