-- oldest-version: 1
--
-- What is kept for how long. Rules live here, not in settings, so that no server that was started with others
-- deletes by them: a set of rules has a version, and the newest is the one in force. `lms_retention_rules` has
-- what each rule of a set has deleted, in the transactions that deleted it, and up to which time nothing is left
-- that it would delete, as of its last run. What lies within a hold is not deleted until that is over.
CREATE TABLE IF NOT EXISTS lms_retention_versions (
  version    INT UNSIGNED NOT NULL,
  rules      MEDIUMTEXT   NOT NULL,
  applied_at DATETIME(6)  NOT NULL,
  applied_by VARCHAR(255) NOT NULL,
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_retention_rules (
  version      INT UNSIGNED      NOT NULL,
  place        SMALLINT UNSIGNED NOT NULL,
  deleted_rows BIGINT UNSIGNED   NOT NULL,
  done_to      DATETIME(6)       NULL,
  last_run_at  DATETIME(6)       NULL,
  PRIMARY KEY (version, place)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_retention_holds (
  id         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_time  DATETIME(6)  NOT NULL,
  to_time    DATETIME(6)  NOT NULL,
  held_until DATETIME(6)  NOT NULL,
  reason     VARCHAR(255) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- What is known of the size of a row, in one row: see src/retention/size-rule.ts.
CREATE TABLE IF NOT EXISTS lms_retention_size (
  id            TINYINT UNSIGNED NOT NULL,
  seen_bytes    BIGINT UNSIGNED  NOT NULL,
  row_count     BIGINT UNSIGNED  NOT NULL,
  bytes_per_row DOUBLE           NOT NULL,
  seen_at       DATETIME(6)      NOT NULL,
  shrunk_at     DATETIME(6)      NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
