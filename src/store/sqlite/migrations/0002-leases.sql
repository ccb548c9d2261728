-- oldest-version: 1
CREATE TABLE IF NOT EXISTS lms_leases (
  name       TEXT PRIMARY KEY CHECK (length(name) <= 64),
  owner      TEXT NULL CHECK (length(owner) <= 128),
  epoch      INTEGER NOT NULL,
  expires_at TEXT NULL
) STRICT;

INSERT INTO lms_leases (name, epoch) VALUES ('repair', 0) ON CONFLICT DO NOTHING;
