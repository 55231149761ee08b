package search_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wayflow-go/wayflow/search"
)

func index(t interface{ Fatal(...any) }, vectors ...[]float32) (*search.Index, []int) {
	x, slots := &search.Index{}, []int{}
	for _, v := range vectors {
		slot, err := x.Add(v)
		if err != nil {
			t.Fatal(err)
		}
		slots = append(slots, slot)
	}
	return x, slots
}

func TestNearestByMetric(t *testing.T) {
	t.Parallel()
	vectors := [][]float32{{1, 0}, {0, 1}, {10, 10}, {2, 0.1}, {0, 0}}
	tests := []struct {
		name string
		by   search.Metric
		want []int
	}{
		{"cosine goes by direction", search.Cosine, []int{0, 3, 2, 1, 4}},
		{"distance goes by place", search.L2, []int{0, 4, 3, 1, 2}},
		{"inner product goes by length too", search.InnerProduct, []int{2, 3, 0, 1, 4}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			x, slots := index(t, vectors...)
			hits, err := x.Nearest([]float32{1, 0}, slots, 10, test.by)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, h := range hits {
				got = append(got, h.At)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever is added and removed, the nearest are those that sorting all of them gives, equal ones in the order of the list.
func TestNearestIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 19).Draw(t, "dim")
		few := rapid.SampledFrom([]float32{-2, -1, 0, 0.5, 1, 3}) // so that there are many ties
		vector := rapid.SliceOfN(few, dim, dim)
		var x search.Index
		held := map[int][]float32{}
		var slots []int
		for range rapid.IntRange(0, 60).Draw(t, "changes") {
			if len(slots) > 0 && rapid.IntRange(0, 2).Draw(t, "change") == 0 {
				i := rapid.IntRange(0, len(slots)-1).Draw(t, "removed")
				x.Remove(slots[i])
				delete(held, slots[i])
				slots = slices.Delete(slots, i, i+1)
				continue
			}
			v := vector.Draw(t, "vector")
			slot, err := x.Add(v)
			if err != nil {
				t.Fatal(err)
			}
			if held[slot] != nil {
				t.Fatalf("slot %d is given twice", slot)
			}
			held[slot] = v
			slots = append(slots, slot)
		}
		if x.Len() != len(slots) {
			t.Fatalf("Len() = %d, want %d", x.Len(), len(slots))
		}
		query, k := vector.Draw(t, "query"), rapid.IntRange(0, 70).Draw(t, "k")
		by := rapid.SampledFrom([]search.Metric{search.Cosine, search.L2, search.InnerProduct}).Draw(t, "metric")
		got, err := x.Nearest(query, slots, k, by)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != min(k, len(slots)) {
			t.Fatalf("%d hits of %d vectors, k = %d", len(got), len(slots), k)
		}
		best := map[int]bool{}
		for i, h := range got {
			best[h.At] = true
			want := plainScore(query, held[slots[h.At]], by)
			if math.Abs(float64(h.Score)-want) > 1e-4 {
				t.Errorf("score of %d is %v, want %v", h.At, h.Score, want)
			}
			if i > 0 && (got[i-1].Score < h.Score || got[i-1].Score == h.Score && got[i-1].At > h.At) {
				t.Errorf("hits %v and %v are in the wrong order", got[i-1], h)
			}
		}
		for i, slot := range slots {
			if len(got) > 0 && !best[i] && plainScore(query, held[slot], by) > float64(got[len(got)-1].Score)+1e-4 {
				t.Errorf("vector %d is nearer than the last hit %v", i, got[len(got)-1])
			}
		}
	})
}

func plainScore(a, b []float32, by search.Metric) float64 {
	var product, distance, lenA, lenB float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		product, distance = product+x*y, distance+(x-y)*(x-y)
		lenA, lenB = lenA+x*x, lenB+y*y
	}
	switch {
	case by == search.L2:
		return -distance
	case by == search.InnerProduct:
		return product
	case lenA*lenB == 0:
		return 0
	}
	return product / math.Sqrt(lenA*lenB)
}

func TestIndexRefusesWhatItCannotCompare(t *testing.T) {
	t.Parallel()
	x, slots := index(t, []float32{1, 2})
	for _, bad := range [][]float32{{1}, {1, 2, 3}, {}, {1, float32(math.NaN())}, {float32(math.Inf(1)), 0}} {
		if _, err := x.Add(bad); err == nil {
			t.Errorf("Add(%v) took it", bad)
		}
		if _, err := x.Nearest(bad, slots, 1, search.L2); err == nil {
			t.Errorf("Nearest(%v) looked for it", bad)
		}
	}
}

func TestIndexIsBounded(t *testing.T) {
	t.Parallel()
	x := &search.Index{Limit: 2 * 4 * 3}
	for range 2 {
		if _, err := x.Add([]float32{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.Add([]float32{1, 2, 3}); !errors.Is(err, search.ErrFull) {
		t.Errorf("a third vector: %v, want ErrFull", err)
	}
	x.Remove(0)
	if slot, err := x.Add([]float32{4, 5, 6}); slot != 0 || err != nil {
		t.Errorf("Add after Remove = %d, %v", slot, err)
	}
}

// BenchmarkNearest looks for 10 among 100,000 vectors of 768 numbers, all compared, on one core. plain is the same work
// written down without an index: the score of each vector, and nothing kept.
func BenchmarkNearest(b *testing.B) {
	const rows, dim = 100_000, 768
	random := rand.New(rand.NewPCG(1, 2))
	vector := func() []float32 {
		v := make([]float32, dim)
		for i := range v {
			v[i] = random.Float32() - 0.5
		}
		return v
	}
	x := &search.Index{}
	slots, all := make([]int, rows), make([]float32, 0, rows*dim)
	for i := range slots {
		v := vector()
		all = append(all, v...)
		if _, err := x.Add(v); err != nil {
			b.Fatal(err)
		}
		slots[i] = i
	}
	query := vector()
	for name, by := range map[string]search.Metric{"cosine": search.Cosine, "l2": search.L2} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Nearest(query, slots, 10, by); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			best := float32(0)
			for i := range rows {
				var sum float32
				for j, y := range all[i*dim : (i+1)*dim] {
					sum += query[j] * y
				}
				best = max(best, sum)
			}
			_ = best
		}
	})
}
