package exchange

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// attrs are the attributes that all log records of a server carry.
func (s *Server) attrs(more ...slog.Attr) []slog.Attr {
	return append([]slog.Attr{
		slog.String("provider", s.Provider), slog.String("model", s.Model), slog.String("endpoint", s.Redact.Redact(s.Address)),
	}, more...)
}

// logAnswer tells of an answer that began; res is nil if none did.
func (s *Server) logAnswer(ctx context.Context, res *http.Response, took time.Duration) {
	if !s.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	status := 0
	if res != nil {
		status = res.StatusCode
	}
	s.Log.LogAttrs(ctx, slog.LevelDebug, "model answered",
		s.attrs(slog.Duration("took", took), slog.Int("status", status))...)
}

func (s *Server) logTry(ctx context.Context, err error, try int, wait time.Duration) {
	s.Log.LogAttrs(ctx, slog.LevelWarn, "model failed, trying again",
		s.attrs(slog.Int("attempt", try), slog.Duration("wait", wait), slog.Any("err", err))...)
}
