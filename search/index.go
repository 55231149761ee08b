package search

import (
	"errors"
	"fmt"
	"math"
)

// Metric is how near two vectors are. A larger score is nearer.
type Metric uint8

// The metrics, by the names of documents.
const (
	// Cosine, cosine_distance, is the cosine of the angle between the vectors: 1 for one direction, 0 for vectors that are
	// all zero.
	Cosine Metric = iota
	// L2, l2_distance, is the square of the distance, negative so that nearer is larger.
	L2
	// InnerProduct, inner_product, is the sum of the products.
	InnerProduct
)

// ParseMetric reads the name that a document gives a metric; empty means [Cosine].
func ParseMetric(name string) (Metric, error) {
	switch name {
	case "", "cosine_distance":
		return Cosine, nil
	case "l2_distance":
		return L2, nil
	case "inner_product":
		return InnerProduct, nil
	}
	return 0, fmt.Errorf("no distance metric is called %q; use cosine_distance, l2_distance or inner_product", name)
}

// ErrFull is returned when an index may not grow further; see [Index.Limit].
var ErrFull = errors.New("the vectors would take more memory than the index may use; raise its limit, or keep them in a database")

// DefaultLimit bounds an [Index] that has no limit of its own: 2 GiB, 700,000 vectors of 768 numbers.
const DefaultLimit = 2 << 30

// Index is a set of vectors of one length. The zero value is empty and ready. It is not safe for concurrent use, except
// that searches may run at the same time.
type Index struct {
	// Limit is how many bytes the vectors may take; 0 means [DefaultLimit].
	Limit int

	dim   int
	data  []float32 // one vector after the other, by slot
	norms []float32 // the length of each
	free  []int     // slots whose vectors were removed
}

// Len is the number of vectors.
func (x *Index) Len() int { return len(x.norms) - len(x.free) }

// Add keeps a copy of a vector and returns its slot, a number that stands for it until it is removed. The first vector
// decides how long all must be, as long as there is any.
func (x *Index) Add(vector []float32) (slot int, err error) {
	if x.Len() == 0 {
		*x = Index{Limit: x.Limit, dim: len(vector)}
	}
	if err := x.check(vector); err != nil {
		return 0, err
	}
	length := float32(math.Sqrt(float64(dot(vector, vector))))
	if n := len(x.free); n > 0 {
		slot = x.free[n-1]
		x.free = x.free[:n-1]
		copy(x.at(slot), vector)
		x.norms[slot] = length
		return slot, nil
	}
	limit := x.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	if (len(x.data)+len(vector))*4 > limit {
		return 0, ErrFull
	}
	x.data = append(x.data, vector...)
	x.norms = append(x.norms, length)
	return len(x.norms) - 1, nil
}

// Remove forgets the vector of a slot, which may stand for another one afterwards.
func (x *Index) Remove(slot int) { x.free = append(x.free, slot) }

func (x *Index) at(slot int) []float32 { return x.data[slot*x.dim : (slot+1)*x.dim] }

// check says why a vector can neither be kept nor looked for.
func (x *Index) check(vector []float32) error {
	if len(vector) != x.dim || len(vector) == 0 {
		return fmt.Errorf("the vector has %d numbers and the others have %d; use one embedding model for all", len(vector), x.dim)
	}
	for i, f := range vector {
		if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
			return fmt.Errorf("number %d of the vector is %v", i, f)
		}
	}
	return nil
}

// Hit is a vector that was found.
type Hit struct {
	// At is the place of its slot in the list that was searched.
	At int
	// Score is how near it is; larger is nearer.
	Score float32
}

// Nearest returns the k vectors of the slots that are nearest to a vector, the nearest first, fewer if there are no more.
// Of equally near ones those come first that the list has first. It compares all of them.
func (x *Index) Nearest(vector []float32, slots []int, k int, by Metric) ([]Hit, error) {
	if len(slots) == 0 || k <= 0 {
		return nil, nil
	}
	if err := x.check(vector); err != nil {
		return nil, err
	}
	length := float32(math.Sqrt(float64(dot(vector, vector))))
	best := hits{make([]Hit, 0, min(k, len(slots)))}
	for i, slot := range slots {
		best.offer(Hit{i, x.score(vector, length, slot, by)})
	}
	return best.sorted(), nil
}

func (x *Index) score(vector []float32, length float32, slot int, by Metric) float32 {
	other := x.at(slot)
	switch by {
	case L2:
		return -squaredDistance(vector, other)
	case InnerProduct:
		return dot(vector, other)
	default:
		if product := length * x.norms[slot]; product != 0 {
			return dot(vector, other) / product
		}
		return 0
	}
}

// dot is the inner product. Eight sums keep the processor from waiting for the last addition; their order is fixed, so the
// result is the same each time.
func dot(a, b []float32) float32 {
	var s [8]float32
	b = b[:len(a)]
	for len(a) >= 8 {
		x, y := (*[8]float32)(a), (*[8]float32)(b)
		s[0] += x[0] * y[0]
		s[1] += x[1] * y[1]
		s[2] += x[2] * y[2]
		s[3] += x[3] * y[3]
		s[4] += x[4] * y[4]
		s[5] += x[5] * y[5]
		s[6] += x[6] * y[6]
		s[7] += x[7] * y[7]
		a, b = a[8:], b[8:]
	}
	for i := range a {
		s[0] += a[i] * b[i]
	}
	return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]))
}

func squaredDistance(a, b []float32) float32 {
	var s [4]float32
	b = b[:len(a)]
	for len(a) >= 4 {
		x, y := (*[4]float32)(a), (*[4]float32)(b)
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		s[0] += d0 * d0
		s[1] += d1 * d1
		s[2] += d2 * d2
		s[3] += d3 * d3
		a, b = a[4:], b[4:]
	}
	for i := range a {
		d := a[i] - b[i]
		s[0] += d * d
	}
	return (s[0] + s[2]) + (s[1] + s[3])
}
