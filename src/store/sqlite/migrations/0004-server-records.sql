-- oldest-version: 1
CREATE TABLE IF NOT EXISTS lms_tokens (
  id           TEXT PRIMARY KEY CHECK (length(id) <= 36),
  hash         TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  name         TEXT NOT NULL CHECK (length(name) <= 100),
  scopes       TEXT NOT NULL,
  services     TEXT NULL,
  namespace    TEXT NOT NULL CHECK (length(namespace) <= 100),
  created_at   TEXT NOT NULL,
  expires_at   TEXT NULL,
  last_used_at TEXT NULL,
  revoked_at   TEXT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS lms_keyed_requests (
  request_key TEXT PRIMARY KEY CHECK (length(request_key) = 64),
  body_hash   TEXT NOT NULL CHECK (length(body_hash) = 64),
  first_at    TEXT NOT NULL,
  answer      TEXT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS keyed_requests_by_age ON lms_keyed_requests (first_at);

CREATE TABLE IF NOT EXISTS lms_searches (
  namespace  TEXT NOT NULL CHECK (length(namespace) <= 100),
  id         TEXT NOT NULL CHECK (length(id) <= 64),
  name       TEXT NOT NULL CHECK (length(name) <= 100),
  q          TEXT NOT NULL,
  since_text TEXT NULL,
  until_text TEXT NULL,
  tz         TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT;
