-- oldest-version: 1
--
-- A row for each process of ours, which it writes again and again for as long as it lives: a heartbeat.
-- Times are the database's own, so that those of several machines can be compared; but `oldest_held_at`,
-- when the oldest message that it holds was published, is Pub/Sub's.
CREATE TABLE IF NOT EXISTS lms_processes (
  id             VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  host           VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
  pid            INT UNSIGNED NOT NULL,
  lms_release    VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
  state          ENUM('running','draining','stopped') NOT NULL,
  started_at     DATETIME(6) NOT NULL,
  seen_at        DATETIME(6) NOT NULL,
  last_flush_at  DATETIME(6) NULL,
  held_messages  INT UNSIGNED NOT NULL,
  held_bytes     BIGINT UNSIGNED NOT NULL,
  oldest_held_at DATETIME(6) NULL,
  ledger         JSON NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
