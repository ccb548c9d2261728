-- oldest-version: 1
--
-- What a server keeps for itself: tokens (the hash of each alone), requests that may be sent again under their
-- key, and saved searches.
CREATE TABLE IF NOT EXISTS lms_tokens (
  id           VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash         CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name         VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  scopes       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  services     MEDIUMTEXT NULL,
  namespace    VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  created_at   DATETIME(6) NOT NULL,
  expires_at   DATETIME(6) NULL,
  last_used_at DATETIME(6) NULL,
  revoked_at   DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY by_hash (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_keyed_requests (
  request_key CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body_hash   CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  first_at    DATETIME(6) NOT NULL,
  answer      MEDIUMTEXT NULL,
  PRIMARY KEY (request_key),
  KEY by_age (first_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS lms_searches (
  namespace  VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  id         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  q          MEDIUMTEXT NOT NULL,
  since_text VARCHAR(100) COLLATE utf8mb4_bin NULL,
  until_text VARCHAR(100) COLLATE utf8mb4_bin NULL,
  tz         VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (namespace, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
