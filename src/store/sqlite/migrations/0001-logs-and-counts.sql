-- oldest-version: 1
--
-- The tables of MySQL in SQLite's types. Times are text: their order is that of time. SQLite's clock has
-- milliseconds; the zeros make the form that of DATETIME(6).
CREATE TABLE IF NOT EXISTS service_logs (
  timestamp    TEXT NOT NULL,
  event_id     TEXT NOT NULL CHECK (length(event_id) <= 64),
  service_name TEXT NOT NULL CHECK (length(service_name) <= 100),
  severity     TEXT NOT NULL CHECK (severity IN ('debug','info','warn','error','fatal')),
  payload      TEXT NOT NULL,
  tags         TEXT NULL,
  created_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
  PRIMARY KEY (timestamp, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS by_service ON service_logs (service_name, severity, timestamp);

CREATE TABLE IF NOT EXISTS service_severity (
  service_name TEXT NOT NULL CHECK (length(service_name) <= 100),
  severity     TEXT NOT NULL CHECK (severity IN ('debug','info','warn','error','fatal')),
  "count"      INTEGER NOT NULL,
  created_at   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')),
  PRIMARY KEY (service_name, severity)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS service_severity_minutes (
  minute       TEXT NOT NULL,
  service_name TEXT NOT NULL CHECK (length(service_name) <= 100),
  severity     TEXT NOT NULL CHECK (severity IN ('debug','info','warn','error','fatal')),
  "count"      INTEGER NOT NULL,
  PRIMARY KEY (minute, service_name, severity)
) STRICT, WITHOUT ROWID;
