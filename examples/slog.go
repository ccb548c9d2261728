// A program that logs with Go's slog, by OTLP:
//
//	OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://127.0.0.1:8080/v1/logs OTEL_SERVICE_NAME=stock go run examples/slog.go
//
// With a token, OTEL_EXPORTER_OTLP_HEADERS='Authorization=Bearer lms_…' as well.
package main

import (
	"context"
	"errors"
	"log"
	"log/slog"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
)

func main() {
	ctx := context.Background()
	exporter, err := otlploghttp.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter)))
	// Sends what is left.
	defer func() {
		if err := provider.Shutdown(ctx); err != nil {
			log.Print(err)
		}
	}()
	slog.SetDefault(otelslog.NewLogger("stock", otelslog.WithLoggerProvider(provider)))

	slog.Info("shelf counted", "shelf", "A7", "items", 42)
	slog.Error("shelf is empty", "shelf", "B2", "err", errors.New("no delivery"))
}
