-- oldest-version: 1
--
-- The index of words: which rows may have a word, so that a search need not look at all of them. Rows are
-- indexed in blocks: `lms_words_blocks` has the keys of the first row and the last. A block's filter of words
-- stands in `lms_words_filters` until its group has 32 blocks; then that bit of all of them stands together in
-- `lms_words_slices`, 512 bits of 4 bytes each in a row.
--
-- `lms_words_minutes` has how many rows the blocks saw in each minute, hour and day (`width`, in minutes), less
-- those that were deleted since, in the same transaction: a minute with as many rows as that was seen whole.
-- Signed, because rows may be deleted before they are counted here. `epoch` is changed by everybody who
-- changes something of a day: on a cluster too, one who deletes and one who indexes then notice each other.
CREATE TABLE IF NOT EXISTS lms_words_blocks (
  block_group INT UNSIGNED NOT NULL,
  place       TINYINT UNSIGNED NOT NULL,
  first_time  DATETIME(6) NOT NULL,
  first_id    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_time   DATETIME(6) NOT NULL,
  last_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_count   INT UNSIGNED NOT NULL,
  PRIMARY KEY (block_group, place),
  KEY by_time (last_time, first_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_words_filters (
  block_group INT UNSIGNED NOT NULL,
  place       TINYINT UNSIGNED NOT NULL,
  bits        MEDIUMBLOB NOT NULL,
  PRIMARY KEY (block_group, place)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_words_slices (
  slice       SMALLINT UNSIGNED NOT NULL,
  block_group INT UNSIGNED NOT NULL,
  bits        VARBINARY(2048) NOT NULL,
  PRIMARY KEY (slice, block_group)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_words_minutes (
  width         SMALLINT UNSIGNED NOT NULL,
  start         DATETIME NOT NULL,
  rows_at_build BIGINT NOT NULL,
  epoch         BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (width, start)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
