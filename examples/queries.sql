-- Questions to the tables of LMS, for MySQL and MariaDB:
--   mysql --table lms < examples/queries.sql
-- All times are UTC. `service_logs` is in the order of `timestamp`: ask for a range of it, and the rest of
-- the table is not read. Counts come from `service_severity` and `service_severity_minutes`, which are always
-- in step and far smaller.

SET @from = UTC_TIMESTAMP(6) - INTERVAL 1 DAY;
SET @to = UTC_TIMESTAMP(6);

-- What went wrong last?
SELECT `timestamp`, service_name, severity, LEFT(payload, 80) AS payload
FROM service_logs
WHERE `timestamp` >= @from AND `timestamp` < @to AND severity IN ('error', 'fatal')
ORDER BY `timestamp` DESC, event_id DESC
LIMIT 20;

-- How much does each service say, since ever?
SELECT service_name, SUM(`count`) AS entries, SUM(IF(severity IN ('error', 'fatal'), `count`, 0)) AS errors
FROM service_severity
GROUP BY service_name
ORDER BY entries DESC;

-- How many errors a minute? What nobody logged in is not there.
SELECT minute, service_name, SUM(`count`) AS errors
FROM service_severity_minutes
WHERE minute >= @from AND minute < @to AND severity IN ('error', 'fatal')
GROUP BY minute, service_name
ORDER BY minute, service_name;

-- Everything about one order. Fields beside the four of the format are JSON in `tags`.
SELECT `timestamp`, service_name, severity, payload
FROM service_logs
WHERE `timestamp` >= @from AND `timestamp` < @to AND JSON_UNQUOTE(JSON_EXTRACT(tags, '$.order')) = 'A-1042'
ORDER BY `timestamp`, event_id;

-- How long from the event to its row, in seconds?
SELECT service_name, AVG(TIMESTAMPDIFF(MICROSECOND, `timestamp`, created_at)) / 1e6 AS average_seconds
FROM service_logs
WHERE `timestamp` >= @from AND `timestamp` < @to
GROUP BY service_name
ORDER BY service_name;
