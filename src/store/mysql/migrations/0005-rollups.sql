-- oldest-version: 1
--
-- The counts by minute again, summed up to hours and days (`width`, in minutes) so that a year is added up as
-- fast as a day: for each service, and over all of them (`by_service` 0, `service_name` ''). Over all there
-- are sums of minutes too. Signed, because whoever adds to them and takes from them does not look at what was
-- there before.
--
-- A program that does not know them changes counts without them. The database tells on it: an UPDATE that does
-- not name `changed_at` sets it, and an INSERT gives it the time. Rows of width 0, which sum up nothing, have the
-- value that the sums of a service and severity are right for: see src/store/mysql/rollups/trust.ts.
ALTER TABLE service_severity
  ADD COLUMN changed_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6);

CREATE TABLE IF NOT EXISTS lms_rollups (
  width        SMALLINT UNSIGNED NOT NULL,
  by_service   TINYINT UNSIGNED NOT NULL,
  start        DATETIME NOT NULL,
  service_name VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  severity     ENUM('debug','info','warn','error','fatal') NOT NULL,
  `count`      BIGINT NOT NULL,
  seen_at      DATETIME(6) NULL,
  PRIMARY KEY (width, by_service, start, service_name, severity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT INTO lms_leases (name, epoch) VALUES ('rollups-filling', 0)
  ON DUPLICATE KEY UPDATE name = 'rollups-filling';
