package exchange

import (
	"fmt"
	"math"

	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// Vector reads the numbers of an embedding. An empty one is a failure, and so is what no float32 can hold.
func Vector(v value.Value) ([]float32, *model.Error) {
	numbers, ok := v.AsList()
	if !ok || len(numbers) == 0 {
		return nil, BadVector("one of the embeddings is no list of numbers")
	}
	vector := make([]float32, len(numbers))
	for i, n := range numbers {
		if _, isInt := n.AsInt(); !isInt {
			if _, isFloat := n.AsFloat(); !isFloat {
				return nil, BadVector("one of the embeddings holds something that is no number")
			}
		}
		vector[i] = float32(Number(n))
		if math.IsInf(float64(vector[i]), 0) || math.IsNaN(float64(vector[i])) {
			return nil, BadVector("one of the embeddings holds a number that is too large")
		}
	}
	return vector, nil
}

// WrongCount is the failure of an answer with more or fewer embeddings than were asked for.
func WrongCount(got, want int) *model.Error {
	return BadVector(fmt.Sprintf("the answer has %d embeddings, %d were asked for", got, want))
}

// BadVector is the failure of an answer whose embeddings are not what was asked for.
func BadVector(message string) *model.Error {
	return &model.Error{
		Kind: model.KindProtocol, Message: message,
		Hint: "check that the model makes embeddings and that the url is that of an embeddings API",
	}
}
