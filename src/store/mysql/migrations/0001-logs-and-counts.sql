-- oldest-version: 1
--
-- `service_logs` is clustered by its key: finding duplicates, order of time and paging are one index, and
-- rows come in near its end. Collations are binary: the default ones take `X` for `x` and `é` for `e`.
-- `attempt_id` differs for every attempt to write a batch: it tells the rows of this attempt from those that
-- were there before.
CREATE TABLE IF NOT EXISTS service_logs (
  `timestamp`  DATETIME(6) NOT NULL,
  event_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  service_name VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  severity     ENUM('debug','info','warn','error','fatal') NOT NULL,
  payload      MEDIUMTEXT NOT NULL,
  tags         JSON NULL,
  attempt_id   BIGINT UNSIGNED NOT NULL,
  created_at   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`timestamp`, event_id),
  KEY by_service (service_name, severity, `timestamp`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS service_severity (
  service_name VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  severity     ENUM('debug','info','warn','error','fatal') NOT NULL,
  `count`      BIGINT UNSIGNED NOT NULL,
  created_at   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (service_name, severity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS service_severity_minutes (
  minute       DATETIME NOT NULL,
  service_name VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  severity     ENUM('debug','info','warn','error','fatal') NOT NULL,
  `count`      BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (minute, service_name, severity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
