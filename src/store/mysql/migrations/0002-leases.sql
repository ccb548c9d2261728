-- oldest-version: 1
--
-- A lease is a row that is changed inside each transaction that it protects: two that do so cannot both
-- commit, on a cluster of several writable nodes neither. `epoch` counts the changes. Owner and end are for
-- leases that outlast a transaction; `repair` has none.
CREATE TABLE IF NOT EXISTS lms_leases (
  name       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner      VARCHAR(128) COLLATE utf8mb4_bin NULL,
  epoch      BIGINT UNSIGNED NOT NULL,
  expires_at DATETIME(6) NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT INTO lms_leases (name, epoch) VALUES ('repair', 0) ON DUPLICATE KEY UPDATE name = 'repair';
