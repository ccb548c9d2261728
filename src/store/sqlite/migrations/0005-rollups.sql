-- oldest-version: 1
--
-- The counts by minute again, summed up to hours and days: see MySQL's. Here the file itself keeps them, so
-- that they are right whichever release writes.
CREATE TABLE IF NOT EXISTS lms_rollups (
  width        INTEGER NOT NULL,
  by_service   INTEGER NOT NULL,
  start        TEXT NOT NULL,
  service_name TEXT NOT NULL CHECK (length(service_name) <= 100),
  severity     TEXT NOT NULL CHECK (severity IN ('debug','info','warn','error','fatal')),
  "count"      INTEGER NOT NULL,
  PRIMARY KEY (width, by_service, start, service_name, severity)
) STRICT, WITHOUT ROWID;

-- What a change of a count by minute adds to each sum. An INSERT into the view adds it.
CREATE VIEW IF NOT EXISTS lms_rollup_changes AS
  SELECT minute, service_name, severity, "count" FROM service_severity_minutes WHERE 1 = 0;

CREATE TRIGGER IF NOT EXISTS lms_rollups_add INSTEAD OF INSERT ON lms_rollup_changes
BEGIN
  INSERT INTO lms_rollups (width, by_service, start, service_name, severity, "count") VALUES
    (1, 0, new.minute, '', new.severity, new."count"),
    (60, 0, substr(new.minute, 1, 13) || ':00:00', '', new.severity, new."count"),
    (60, 1, substr(new.minute, 1, 13) || ':00:00', new.service_name, new.severity, new."count"),
    (1440, 0, substr(new.minute, 1, 10) || ' 00:00:00', '', new.severity, new."count"),
    (1440, 1, substr(new.minute, 1, 10) || ' 00:00:00', new.service_name, new.severity, new."count")
    ON CONFLICT DO UPDATE SET "count" = "count" + excluded."count";
END;

CREATE TRIGGER IF NOT EXISTS lms_rollups_inserted AFTER INSERT ON service_severity_minutes
BEGIN
  INSERT INTO lms_rollup_changes VALUES (new.minute, new.service_name, new.severity, new."count");
END;

CREATE TRIGGER IF NOT EXISTS lms_rollups_counted AFTER UPDATE ON service_severity_minutes
WHEN old.minute = new.minute AND old.service_name = new.service_name AND old.severity = new.severity
BEGIN
  INSERT INTO lms_rollup_changes
    VALUES (new.minute, new.service_name, new.severity, new."count" - old."count");
END;

CREATE TRIGGER IF NOT EXISTS lms_rollups_moved AFTER UPDATE ON service_severity_minutes
WHEN old.minute <> new.minute OR old.service_name <> new.service_name OR old.severity <> new.severity
BEGIN
  INSERT INTO lms_rollup_changes VALUES (old.minute, old.service_name, old.severity, -old."count");
  INSERT INTO lms_rollup_changes VALUES (new.minute, new.service_name, new.severity, new."count");
END;

CREATE TRIGGER IF NOT EXISTS lms_rollups_deleted AFTER DELETE ON service_severity_minutes
BEGIN
  INSERT INTO lms_rollup_changes VALUES (old.minute, old.service_name, old.severity, -old."count");
  DELETE FROM lms_rollups WHERE "count" = 0 AND (
    (width = 1 AND by_service = 0 AND start = old.minute AND service_name = '')
    OR (width = 60 AND by_service = 0 AND start = substr(old.minute, 1, 13) || ':00:00' AND service_name = '')
    OR (width = 60 AND by_service = 1 AND start = substr(old.minute, 1, 13) || ':00:00'
      AND service_name = old.service_name)
    OR (width = 1440 AND by_service = 0 AND start = substr(old.minute, 1, 10) || ' 00:00:00'
      AND service_name = '')
    OR (width = 1440 AND by_service = 1 AND start = substr(old.minute, 1, 10) || ' 00:00:00'
      AND service_name = old.service_name));
END;

DELETE FROM lms_rollups;

INSERT INTO lms_rollups (width, by_service, start, service_name, severity, "count")
  SELECT 1, 0, minute, '', severity, SUM("count") FROM service_severity_minutes GROUP BY minute, severity
  UNION ALL SELECT 60, 0, substr(minute, 1, 13) || ':00:00', '', severity, SUM("count")
    FROM service_severity_minutes GROUP BY 3, severity
  UNION ALL SELECT 60, 1, substr(minute, 1, 13) || ':00:00', service_name, severity, SUM("count")
    FROM service_severity_minutes GROUP BY 3, service_name, severity
  UNION ALL SELECT 1440, 0, substr(minute, 1, 10) || ' 00:00:00', '', severity, SUM("count")
    FROM service_severity_minutes GROUP BY 3, severity
  UNION ALL SELECT 1440, 1, substr(minute, 1, 10) || ' 00:00:00', service_name, severity, SUM("count")
    FROM service_severity_minutes GROUP BY 3, service_name, severity;
