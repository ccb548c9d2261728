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
import traceback
import urllib.request


class OtlpHandler(logging.handlers.BufferingHandler):
    """Sends records in batches: at the capacity, at an error, and at exit. What fails is tried with the next."""

    def __init__(self, url, service, token=None, capacity=500):
        super().__init__(capacity)
        self.endpoint = url + "/v1/logs"
        self.resource = {"attributes": [attribute("service.name", service)]}
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def shouldFlush(self, record):
        return record.levelno >= logging.ERROR or super().shouldFlush(record)

    def flush(self):
        with self.lock:
            records, self.buffer = self.buffer, []
            if not records:
                return
            scope = {"logRecords": [log_record(each) for each in records]}
            body = {"resourceLogs": [{"resource": self.resource, "scopeLogs": [scope]}]}
            request = urllib.request.Request(self.endpoint, json.dumps(body).encode(), self.headers)
            try:
                urllib.request.urlopen(request, timeout=10).close()
            except OSError:
                # Bounded: an outage must not fill the memory.
                self.buffer = records[-10 * self.capacity :]
                self.handleError(records[-1])


def attribute(key, value):
    return {"key": key, "value": {"stringValue": str(value)}}


def log_record(record):
    attributes = [attribute("logger", record.name), attribute("line", f"{record.pathname}:{record.lineno}")]
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
