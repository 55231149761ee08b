package memory_test

import (
	"testing"

	"github.com/wayflow-go/wayflow/store"
	"github.com/wayflow-go/wayflow/store/memory"
	"github.com/wayflow-go/wayflow/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(testing.TB) storetest.Place {
		return storetest.Place{Open: func(testing.TB, ...store.Key) store.Store { return memory.New() }}
	})
}
