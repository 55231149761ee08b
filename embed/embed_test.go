package embed_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/embed"
	"github.com/wayflow-go/wayflow/embed/embedtest"
)

func TestInBatches(t *testing.T) {
	t.Parallel()
	texts := []string{"a", "b", "c", "d", "e"}
	tests := []struct {
		name  string
		texts []string
		size  int
		want  [][]string
	}{
		{"several", texts, 2, [][]string{{"a", "b"}, {"c", "d"}, {"e"}}},
		{"fits", texts, 5, [][]string{texts}},
		{"no bound", texts, 0, [][]string{texts}},
		{"nothing", nil, 2, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			words := &embedtest.Words{}
			got, err := embed.InBatches(t.Context(), test.texts, test.size, words.Embed)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, words.Asked()); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
			want, err := (&embedtest.Words{}).Embed(t.Context(), test.texts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("vectors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestInBatchesStopsAtAnError(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	asked := 0
	got, err := embed.InBatches(t.Context(), []string{"a", "b", "c"}, 1, func(context.Context, []string) ([][]float32, error) {
		if asked++; asked == 2 {
			return nil, wrong
		}
		return [][]float32{{1}}, nil
	})
	if !errors.Is(err, wrong) || got != nil || asked != 2 {
		t.Errorf("InBatches = %v, %v after %d requests", got, err, asked)
	}
}
