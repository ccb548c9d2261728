-- oldest-version: 1
--
-- The index of words: see MySQL's. Here the file itself takes off what is deleted, whoever deletes it.
DROP TRIGGER IF EXISTS lms_words_deleted;

CREATE TABLE IF NOT EXISTS lms_words_blocks (
  block_group INTEGER NOT NULL,
  place       INTEGER NOT NULL,
  first_time  TEXT NOT NULL,
  first_id    TEXT NOT NULL,
  last_time   TEXT NOT NULL,
  last_id     TEXT NOT NULL,
  row_count   INTEGER NOT NULL,
  PRIMARY KEY (block_group, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS words_blocks_by_time ON lms_words_blocks (last_time, first_time);

CREATE TABLE IF NOT EXISTS lms_words_filters (
  block_group INTEGER NOT NULL,
  place       INTEGER NOT NULL,
  bits        BLOB NOT NULL,
  PRIMARY KEY (block_group, place)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_words_slices (
  slice       INTEGER NOT NULL,
  block_group INTEGER NOT NULL,
  bits        BLOB NOT NULL,
  PRIMARY KEY (slice, block_group)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_words_minutes (
  width         INTEGER NOT NULL,
  start         TEXT NOT NULL,
  rows_at_build INTEGER NOT NULL,
  epoch         INTEGER NOT NULL,
  PRIMARY KEY (width, start)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS lms_words_deleted AFTER DELETE ON service_logs
WHEN EXISTS (SELECT 1 FROM lms_words_minutes WHERE width = 1 AND start = substr(old.timestamp, 1, 16) || ':00')
BEGIN
  UPDATE lms_words_minutes SET rows_at_build = rows_at_build - 1
    WHERE width = 1 AND start = substr(old.timestamp, 1, 16) || ':00';
  UPDATE lms_words_minutes SET rows_at_build = rows_at_build - 1
    WHERE width = 60 AND start = substr(old.timestamp, 1, 13) || ':00:00';
  UPDATE lms_words_minutes SET rows_at_build = rows_at_build - 1
    WHERE width = 1440 AND start = substr(old.timestamp, 1, 10) || ' 00:00:00';
END;
