package message_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"testing"

	"github.com/wayflow-go/wayflow/message"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 33, 4000))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		part message.Part
		want int64
	}{
		{message.Part{}, 0},
		{message.Part{Text: "äöüß"}, 1},
		{message.Part{Text: "abcde"}, 2},
		{message.Part{Image: "https://example.com/a.png"}, 16384},
		{message.Part{Image: "data:image/png;base64,????"}, 16384},
		{message.Part{Image: "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())}, 3 * 128},
	} {
		if got := tt.part.Tokens(); got != tt.want {
			t.Errorf("%.40v: %d tokens, want %d", tt.part, got, tt.want)
		}
	}
}
