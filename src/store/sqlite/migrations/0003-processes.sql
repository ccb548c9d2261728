-- oldest-version: 1
CREATE TABLE IF NOT EXISTS lms_processes (
  id             TEXT PRIMARY KEY CHECK (length(id) <= 36),
  role           TEXT NOT NULL CHECK (length(role) <= 16),
  host           TEXT NOT NULL CHECK (length(host) <= 255),
  pid            INTEGER NOT NULL,
  lms_release    TEXT NOT NULL CHECK (length(lms_release) <= 64),
  state          TEXT NOT NULL CHECK (state IN ('running','draining','stopped')),
  started_at     TEXT NOT NULL,
  seen_at        TEXT NOT NULL,
  last_flush_at  TEXT NULL,
  held_messages  INTEGER NOT NULL,
  held_bytes     INTEGER NOT NULL,
  oldest_held_at TEXT NULL,
  ledger         TEXT NULL
) STRICT;
