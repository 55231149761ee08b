package main

import (
	"context"
	"time"

	"github.com/wayflow-go/wayflow"
)

// The four lookups. Each waits as long as the service it stands for would, so that one sees them run at once.
var (
	getCurrentTime = wayflow.Func("get_current_time", "The current date and time",
		func(ctx context.Context, _ struct{}) (string, error) {
			return time.Now().Format("Monday, January 02, 03:04 PM"), wait(ctx, 200*time.Millisecond)
		})

	getUserInformation = wayflow.Func("get_user_information", "What is known about a user",
		func(ctx context.Context, in user) (map[string]string, error) {
			return customers[in.Username], wait(ctx, 400*time.Millisecond)
		})

	getUserLastPurchases = wayflow.Func("get_user_last_purchases", "What a user bought last",
		func(ctx context.Context, in user) ([]map[string]string, error) {
			return purchases[in.Username], wait(ctx, 600*time.Millisecond)
		})

	getItemsOnSale = wayflow.Func("get_items_on_sale", "What is on sale today",
		func(ctx context.Context, _ struct{}) ([]map[string]string, error) {
			return onSale, wait(ctx, 500*time.Millisecond)
		})
)

// user is what two of the lookups take: its fields are their inputs.
type user struct {
	Username string `json:"username"`
}

var customers = map[string]map[string]string{
	"alice": {"name": "Alice", "email": "alice@example.com", "birthday": "May 1"},
	"bob":   {"name": "Bob", "email": "bob@example.com", "birthday": "October 1"},
}

var purchases = map[string][]map[string]string{
	"alice": {{"kind": "video game", "title": "Arkanoid", "date": "2000-10-10"}},
	"bob": {
		{"kind": "movie", "title": "Batman Begins", "date": "2015-10-10"},
		{"kind": "movie", "title": "The Dark Knight", "date": "2020-08-08"},
	},
}

var onSale = []map[string]string{
	{"kind": "household", "title": "Broom"},
	{"kind": "video game", "title": "Metroid"},
	{"kind": "movie", "title": "The Lord of the Rings"},
}

// wait returns early if the run is interrupted.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
