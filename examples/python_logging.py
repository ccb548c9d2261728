#!/usr/bin/env python3
"""Python's own logging, by OTLP, with nothing but the standard library:

LMS_URL=http://127.0.0.1:8080 python3 examples/python_logging.py

With OpenTelemetry's packages no code is needed:
OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=$LMS_URL/v1/logs OTEL_SERVICE_NAME=reports \
OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true opentelemetry-instrument --logs_exporter otlp python3 app.py
"""
import json
import logging
import logging.handlers
import os
import time
import traceback
import urllib.request
import uuid


class OtlpHandler(logging.handlers.BufferingHandler):
    """Sends records in batches: at the capacity, at an error, and at exit.

    What fails is tried with the next, though not within RETRY_SECONDS: a program should not wait for a server at
    every line. At exit it is tried for a last time.
    """

    RETRY_SECONDS = 5

    def __init__(self, url, service, token=None, capacity=500):
        super().__init__(capacity)
        self.retry_at = 0.0
        self.endpoint = url + "/v1/logs"
        self.resource = {"attributes": [attribute("service.name", service)]}
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def emit(self, record):
        try:
            # Once: what is sent again has the same log.record.uid, and counts once.
            record.otlp = log_record(record)
        except Exception:
            self.handleError(record)
            return
        super().emit(record)
        # Bounded: an outage must not fill the memory.
        del self.buffer[: -10 * self.capacity]

    def shouldFlush(self, record):
        return record.levelno >= logging.ERROR or super().shouldFlush(record)

    def flush(self):
        with self.lock:
            if not self.buffer or time.monotonic() < self.retry_at:
                return
            records, self.buffer = self.buffer, []
            scope = {"logRecords": [each.otlp for each in records]}
            body = {"resourceLogs": [{"resource": self.resource, "scopeLogs": [scope]}]}
            request = urllib.request.Request(self.endpoint, json.dumps(body).encode(), self.headers)
            try:
                urllib.request.urlopen(request, timeout=10).close()
            except OSError:
                self.retry_at = time.monotonic() + self.RETRY_SECONDS
                self.buffer = records
                self.handleError(records[-1])

    def close(self):
        self.retry_at = 0.0
        super().close()


def attribute(key, value):
    return {"key": key, "value": {"stringValue": str(value)}}


def log_record(record):
    attributes = [
        attribute("log.record.uid", uuid.uuid4()),
        attribute("logger", record.name),
        attribute("line", f"{record.pathname}:{record.lineno}"),
    ]
    if record.exc_info:
        attributes.append(attribute("exception.stacktrace", "".join(traceback.format_exception(*record.exc_info))))
    return {
        "timeUnixNano": str(int(record.created * 1e6) * 1000),
        "severityText": record.levelname,
        "body": {"stringValue": record.getMessage()},
        "attributes": attributes,
    }


if __name__ == "__main__":
    handler = OtlpHandler(os.environ["LMS_URL"], "reports", os.environ.get("LMS_TOKEN"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.info("report %s started", "daily")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("report failed")
    logging.info("done")
