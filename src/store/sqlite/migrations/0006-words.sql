-- oldest-version: 1
--
-- The index of words: see MySQL's. Here the file itself takes off what is deleted, whoever deletes it.
CREATE TABLE IF NOT EXISTS lms_word_blocks (
  block_group INTEGER NOT NULL,
  place       INTEGER NOT NULL,
  first_time  TEXT NOT NULL,
  first_id    TEXT NOT NULL,
  last_time   TEXT NOT NULL,
  last_id     TEXT NOT NULL,
  row_count   INTEGER NOT NULL,
  PRIMARY KEY (block_group, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS word_blocks_by_time ON lms_word_blocks (last_time, first_time);

CREATE TABLE IF NOT EXISTS lms_word_filters (
  block_group INTEGER NOT NULL,
  place       INTEGER NOT NULL,
  bits        BLOB NOT NULL,
  PRIMARY KEY (block_group, place)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_word_slices (
  slice       INTEGER NOT NULL,
  block_group INTEGER NOT NULL,
  bits        BLOB NOT NULL,
  PRIMARY KEY (slice, block_group)
) STRICT;

CREATE TABLE IF NOT EXISTS lms_word_minutes (
  width         INTEGER NOT NULL,
  start         TEXT NOT NULL,
  rows_at_build INTEGER NOT NULL,
  epoch         INTEGER NOT NULL,
  PRIMARY KEY (width, start)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS lms_words_deleted AFTER DELETE ON service_logs
WHEN EXISTS (SELECT 1 FROM lms_word_minutes WHERE width = 1 AND start = substr(old.timestamp, 1, 16) || ':00')
BEGIN
  UPDATE lms_word_minutes SET rows_at_build = rows_at_build - 1
    WHERE width = 1 AND start = substr(old.timestamp, 1, 16) || ':00';
  UPDATE lms_word_minutes SET rows_at_build = rows_at_build - 1
    WHERE width = 60 AND start = substr(old.timestamp, 1, 13) || ':00:00';
  UPDATE lms_word_minutes SET rows_at_build = rows_at_build - 1
    WHERE width = 1440 AND start = substr(old.timestamp, 1, 10) || ' 00:00:00';
END;
