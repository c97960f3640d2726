package main

import (
	"github.com/go-logr/logr"
	"github.com/go-logr/zapr"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// newLogger writes to standard error. Times are RFC 3339, so that people and
// machines read them alike.
func newLogger(s logSettings) (logr.Logger, error) {
	level, err := zapcore.ParseLevel(s.level)
	if err != nil {
		return logr.Logger{}, err
	}
	config := zap.NewProductionConfig()
	config.Encoding = s.format
	config.Level = zap.NewAtomicLevelAt(level)
	config.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	// The stack of a failed reconcile is always the same, and says nothing.
	config.DisableStacktrace = true
	// Sampling would drop the very lines that are looked for.
	config.Sampling = nil
	logger, err := config.Build()
	if err != nil {
		return logr.Logger{}, err
	}
	return zapr.NewLogger(logger), nil
}
