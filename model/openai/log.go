package openai

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// attrs are the attributes that all log records of a model carry.
func (m *Model) attrs(more ...slog.Attr) []slog.Attr {
	return append([]slog.Attr{
		slog.String("provider", m.provider), slog.String("model", m.modelID), slog.String("endpoint", m.endpoint.shown),
	}, more...)
}

// logAnswer tells of an answer that began; res is nil if none did.
func (m *Model) logAnswer(ctx context.Context, res *http.Response, took time.Duration) {
	if !m.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	status := 0
	if res != nil {
		status = res.StatusCode
	}
	m.log.LogAttrs(ctx, slog.LevelDebug, "model answered",
		m.attrs(slog.Duration("took", took), slog.Int("status", status))...)
}

func (m *Model) logTry(ctx context.Context, err error, try int, wait time.Duration) {
	m.log.LogAttrs(ctx, slog.LevelWarn, "model failed, trying again",
		m.attrs(slog.Int("attempt", try), slog.Duration("wait", wait), slog.Any("err", err))...)
}
