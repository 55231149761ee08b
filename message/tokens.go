package message

import (
	"encoding/base64"
	"image"
	_ "image/gif" // the formats whose sizes can be read
	_ "image/jpeg"
	_ "image/png"
	"strings"
	"unicode/utf8"
)

const (
	charsPerToken = 4
	// A token of an image is a square of so many pixels; what is larger than a provider takes is made smaller by it.
	patch         = 16
	largestImage  = 2048
	unknownTokens = (largestImage / patch) * (largestImage / patch)
)

// Tokens estimates how many tokens a text is, by its length.
func Tokens(text string) int64 {
	return int64(utf8.RuneCountInString(text)+charsPerToken-1) / charsPerToken
}

// Tokens estimates how many tokens a part is. An image counts by its size if it is at hand, else as the largest.
func (p *Part) Tokens() int64 {
	if p.Image == "" {
		return Tokens(p.Text)
	}
	width, height, ok := imageSize(p.Image)
	if !ok {
		return unknownTokens
	}
	return patches(width) * patches(height)
}

func patches(pixels int) int64 { return int64(min(pixels, largestImage)+patch-1) / patch }

// imageSize reads the size of an image in a data URL.
func imageSize(url string) (width, height int, ok bool) {
	_, data, ok := strings.Cut(url, ";base64,")
	if !ok || !strings.HasPrefix(url, "data:") {
		return 0, 0, false
	}
	c, _, err := image.DecodeConfig(base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	return c.Width, c.Height, err == nil
}
