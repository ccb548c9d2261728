-- oldest-version: 1
--
-- What is kept for how long: see the file of the same name for MySQL.
CREATE TABLE IF NOT EXISTS lms_retention_versions (
  version    INTEGER PRIMARY KEY,
  rules      TEXT NOT NULL,
  applied_at TEXT NOT NULL,
  applied_by TEXT NOT NULL CHECK (length(applied_by) <= 255)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_retention_rules (
  version      INTEGER NOT NULL,
  place        INTEGER NOT NULL,
  deleted_rows INTEGER NOT NULL,
  done_to      TEXT NULL,
  last_run_at  TEXT NULL,
  PRIMARY KEY (version, place)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_retention_holds (
  id         TEXT PRIMARY KEY CHECK (length(id) <= 64),
  from_time  TEXT NOT NULL,
  to_time    TEXT NOT NULL,
  held_until TEXT NOT NULL,
  reason     TEXT NOT NULL CHECK (length(reason) <= 255)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_retention_size (
  id            INTEGER PRIMARY KEY,
  seen_bytes    INTEGER NOT NULL,
  row_count     INTEGER NOT NULL,
  bytes_per_row REAL NOT NULL,
  seen_at       TEXT NOT NULL,
  shrunk_at     TEXT NULL
) STRICT;
