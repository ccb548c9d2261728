/** Made of the OpenAPI document of the server, by the test that holds it to that. */
export interface paths {
  '/api/v1/entries': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Entries that match, page by page, or all of them */
    get: operations['entries'];
    put?: never;
    /** Take in one entry, an array of them, or one a line, however many */
    post: operations['postEntries'];
    /** Says how many entries match; with its answer’s confirm, deletes them */
    delete: operations['deleteEntries'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/entries/count': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many entries match */
    get: operations['entriesCount'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/entries/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One entry */
    get: operations['entriesId'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/entries/{id}/context': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** An entry, and what came before and after it */
    get: operations['entriesIdContext'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/histogram': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many entries match over time */
    get: operations['histogram'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/values': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The values of a field with how many entries have them, the most frequent first */
    get: operations['values'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/tail': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Entries that match, as they are published: server-sent events */
    get: operations['tail'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/services': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The services, with their entries and errors, and the time since the last error */
    get: operations['services'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/counts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many entries there are of each service and severity */
    get: operations['counts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/counts/minutes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many entries there are of each service and severity in each minute */
    get: operations['countsMinutes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/counts/ranges': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many entries there are of each service and severity in ranges of minutes */
    get: operations['countsRanges'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/counts/sums': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The same as ranges, from sums of hours and days: fast over years, where there are such sums */
    get: operations['countsSums'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/workers': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The workers that were seen within a day, and up to when all is stored */
    get: operations['workers'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/indexes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The indexes of the table of entries: what is asked for by their columns is found at once */
    get: operations['indexes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/dead-letters': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Messages that could not become entries, and why: they stay where they are */
    get: operations['deadLetters'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/dead-letters/replay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Publish dead letters to the topic again, with their identity: what was stored after all counts once */
    post: operations['postDeadLettersReplay'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who asks, and what he may */
    get: operations['session'];
    put?: never;
    /** Begins a session of a browser: the token of this request becomes a cookie that no script can read */
    post: operations['postSession'];
    /** Ends a session of a browser */
    delete: operations['deleteSession'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/searches': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The saved searches, in the order of their names */
    get: operations['searches'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/searches/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Saves a search, or changes the one of this id */
    put: operations['putSearchesId'];
    post?: never;
    /** Removes a saved search */
    delete: operations['deleteSearchesId'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The tokens, the newest first: never a secret */
    get: operations['tokens'];
    put?: never;
    /** Makes a token: its secret is in this answer, and nowhere else */
    post: operations['postTokens'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/tokens/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Revokes a token: within five seconds no server takes it any more */
    delete: operations['deleteTokensId'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      detail: string;
      /** @enum {string} */
      code:
        | 'PARAMETER'
        | 'EXPRESSION'
        | 'CURSOR'
        | 'REQUEST'
        | 'BODY'
        | 'RECORDS'
        | 'TOKEN'
        | 'HOST'
        | 'ORIGIN'
        | 'SCOPE'
        | 'NO_ENTRY'
        | 'NO_RECORD'
        | 'NO_RESOURCE'
        | 'METHOD'
        | 'NOT_ACCEPTABLE'
        | 'CONFLICT'
        | 'BODY_TOO_LARGE'
        | 'BODY_TYPE'
        | 'TOO_MANY_REQUESTS'
        | 'STOPPING'
        | 'BUSY'
        | 'OVERLOADED'
        | 'PUBSUB_UNREACHABLE'
        | 'PUBSUB_DENIED'
        | 'PUBSUB_NOT_FOUND'
        | 'PUBSUB_FAILED'
        | 'DATABASE_UNREACHABLE'
        | 'DATABASE_DENIED'
        | 'DATABASE_MISSING'
        | 'DATABASE_FAILED'
        | 'DATABASE_TOO_SLOW'
        | 'SCHEMA_VERSION'
        | 'BUG';
      errors?: {
        parameter: string;
        reason: string;
      }[];
      /** @description Where in the parameter the first mistake is (UTF-16 units). */
      at?: number;
      length?: number;
      /** @description How many records of the request are safe, whatever became of the rest. */
      received?: number;
      /** @description The records that were not taken: their places from 0, and why. */
      refused?: {
        place: number;
        code: string;
        reason: string;
      }[];
      requestId: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  entries: {
    parameters: {
      query?: {
        /** @description An expression of the query language; all entries if absent. */
        q?: string;
        /** @description From this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z. */
        since?: string;
        /** @description Up to where the minute or day begins, or with the second. */
        until?: string;
        /** @description The zone that times are read in. */
        tz?: string;
        /** @description Which entries come first. */
        order?: 'newest' | 'oldest';
        /** @description How many; all but in JSON: page by page, as many as there are. */
        limit?: 'all' | number;
        /** @description next or previous of an answer to the same question. */
        cursor?: string;
        /** @description Before what Accept says. */
        format?: 'json' | 'ndjson' | 'csv' | 'text';
        /** @description Only these, as in time,severity,tags.user. */
        fields?: string;
        /** @description Say of a page how its rows were reached: in cost, or in the header LMS-Cost. */
        explain?: true | false;
        /** @description An apostrophe before what a spreadsheet would take for a formula. */
        spreadsheet?: true | false;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            entries: (
              | {
                  service_name: string;
                  payload: string;
                  /** @enum {string} */
                  severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
                  /** @description RFC 3339, UTC, microseconds. */
                  timestamp: string;
                  id: string;
                  event_id: string;
                  /** @description When the row was written. */
                  created_at: string;
                  tags?: {
                    [key: string]: unknown;
                  };
                }
              | {
                  [key: string]: unknown;
                }
            )[];
            /** @enum {string} */
            order: 'newest' | 'oldest';
            /** @description The page is full, or all was searched; otherwise the budget of a question ended it. */
            complete: boolean;
            /** @description The time that all that matches lies in. */
            range: {
              from: string | null;
              /** @description The first time behind it. */
              to: string | null;
            };
            /** @description The time up to which all was looked at; null: to the end. */
            searchedTo: string | null;
            /** @description The cursor of what comes behind; null: nothing does. */
            next: string | null;
            /** @description The cursor of what comes before. */
            previous: string | null;
            /** @description With explain=true. */
            cost?: {
              /**
               * @description How the rows were reached: in the order of time, by indexes of tags or of services, without minutes that have none.
               * @enum {string}
               */
              plan: 'key' | 'tags' | 'services' | 'busy minutes' | 'nothing';
              rowsRead: number;
              ms: number;
              /** @description The tags by whose indexes they were found. */
              indexes: string[];
              /** @description The tags whose indexes would have helped. */
              missingIndexes: string[];
              /**
               * @description Whether the index of words told where to look; unusable: all was looked at, for there is none, or it cannot be relied on now.
               * @enum {string}
               */
              words: 'not asked' | 'not asked yet' | 'unusable' | 'used';
            };
          };
          'application/x-ndjson': string;
          'text/csv': string;
          'text/plain': string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postEntries: {
    parameters: {
      query?: {
        /** @description The service of records that name none. */
        service?: string;
        /** @description The member that has the time; `a.b` is b in a. */
        time_field?: string;
        /** @description The member that has the text. */
        msg_field?: string;
        /** @description The member that has the severity. */
        level_field?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json':
          | ({
              service_name?: string;
              payload?: string;
              severity?: string;
              timestamp?: string;
              tags?: {
                [key: string]: unknown;
              };
            } & {
              [key: string]: unknown;
            })
          | ({
              service_name?: string;
              payload?: string;
              severity?: string;
              timestamp?: string;
              tags?: {
                [key: string]: unknown;
              };
            } & {
              [key: string]: unknown;
            })[];
        'application/x-ndjson': string;
      };
    };
    responses: {
      /** @description All of it is stored: asked for by `Prefer: wait=<seconds>` */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Entries that Pub/Sub has confirmed: they will be stored. */
            accepted: number;
            /** @description Records that cannot be stored: they are dead letters. */
            rejected: number;
            /** @description Records of services that the token may not write. */
            denied: number;
            /** @description Of the entries, in order, if they are 1000 at most. */
            ids: string[];
            /** @description The first 100 records that were not taken. */
            refused: {
              /** @description Which record of the request it is, from 0. */
              place: number;
              code: string;
              reason: string;
            }[];
          };
        };
      };
      /** @description Pub/Sub has confirmed it: it will be stored */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Entries that Pub/Sub has confirmed: they will be stored. */
            accepted: number;
            /** @description Records that cannot be stored: they are dead letters. */
            rejected: number;
            /** @description Records of services that the token may not write. */
            denied: number;
            /** @description Of the entries, in order, if they are 1000 at most. */
            ids: string[];
            /** @description The first 100 records that were not taken. */
            refused: {
              /** @description Which record of the request it is, from 0. */
              place: number;
              code: string;
              reason: string;
            }[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deleteEntries: {
    parameters: {
      query?: {
        /** @description An expression of the query language; all entries if absent. */
        q?: string;
        /** @description From this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z. */
        since?: string;
        /** @description Up to where the minute or day begins, or with the second. */
        until?: string;
        /** @description The zone that times are read in. */
        tz?: string;
        /** @description Of the answer to the same question without it. Absent: nothing is deleted. */
        confirm?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json':
            | {
                /** @description How many match. */
                matching: number;
                /** @description The time of the oldest of them. */
                first: string | null;
                /** @description The time of the newest of them. */
                last: string | null;
                /** @description Deletes what matches between these times. Null: nothing matches. */
                confirm: string | null;
              }
            | {
                /** @description How many are deleted. */
                deleted: number;
              };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  entriesCount: {
    parameters: {
      query?: {
        /** @description An expression of the query language; all entries if absent. */
        q?: string;
        /** @description From this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z. */
        since?: string;
        /** @description Up to where the minute or day begins, or with the second. */
        until?: string;
        /** @description The zone that times are read in. */
        tz?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            count: number;
            /** @description Otherwise there are at least so many. */
            exact: boolean;
            range: {
              from: string | null;
              /** @description The first time behind it. */
              to: string | null;
            };
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  entriesId: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description As entries have it. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            service_name: string;
            payload: string;
            /** @enum {string} */
            severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
            /** @description RFC 3339, UTC, microseconds. */
            timestamp: string;
            id: string;
            event_id: string;
            /** @description When the row was written. */
            created_at: string;
            tags?: {
              [key: string]: unknown;
            };
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  entriesIdContext: {
    parameters: {
      query?: {
        before?: number;
        after?: number;
        /** @description Which of its neighbours count; all if absent. */
        q?: string;
        /** @description The zone that times are read in. */
        tz?: string;
        /** @description Those of its own service alone. */
        sameService?: true | false;
      };
      header?: never;
      path: {
        /** @description As entries have it. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Oldest first. */
            before: {
              service_name: string;
              payload: string;
              /** @enum {string} */
              severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
              /** @description RFC 3339, UTC, microseconds. */
              timestamp: string;
              id: string;
              event_id: string;
              /** @description When the row was written. */
              created_at: string;
              tags?: {
                [key: string]: unknown;
              };
            }[];
            entry: {
              service_name: string;
              payload: string;
              /** @enum {string} */
              severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
              /** @description RFC 3339, UTC, microseconds. */
              timestamp: string;
              id: string;
              event_id: string;
              /** @description When the row was written. */
              created_at: string;
              tags?: {
                [key: string]: unknown;
              };
            };
            after: {
              service_name: string;
              payload: string;
              /** @enum {string} */
              severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
              /** @description RFC 3339, UTC, microseconds. */
              timestamp: string;
              id: string;
              event_id: string;
              /** @description When the row was written. */
              created_at: string;
              tags?: {
                [key: string]: unknown;
              };
            }[];
            /** @description Otherwise the budget ended before all were found. */
            complete: boolean;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  histogram: {
    parameters: {
      query?: {
        /** @description An expression of the query language; all entries if absent. */
        q?: string;
        /** @description From this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z. */
        since?: string;
        /** @description Up to where the minute or day begins, or with the second. */
        until?: string;
        /** @description The zone that times are read in. */
        tz?: string;
        /** @description Told apart by severity, service or a tag. */
        by?: string;
        /** @description At most so many, of a round width. */
        buckets?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description What the buckets cover. */
            range: {
              from: string | null;
              /** @description The first time behind it. */
              to: string | null;
            };
            width: {
              /** @enum {string} */
              unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
              count: number;
            } | null;
            /** @description That are told apart, the most frequent first. */
            values: string[];
            buckets: {
              from: string;
              to: string;
              count: number;
              /** @description Otherwise there are at least so many. */
              exact: boolean;
              counts?: {
                [key: string]: number;
              };
              other?: number;
              none?: number;
            }[];
            /** @description Whether every bucket is exact. */
            complete: boolean;
            /** @description A time ahead of now that is stored and left out. */
            ahead: {
              from: string | null;
              /** @description The first time behind it. */
              to: string | null;
            } | null;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  values: {
    parameters: {
      query: {
        /** @description service, severity, a tag, or tags for their names. */
        field: string;
        /** @description An expression of the query language; all entries if absent. */
        q?: string;
        /** @description From this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z. */
        since?: string;
        /** @description Up to where the minute or day begins, or with the second. */
        until?: string;
        /** @description The zone that times are read in. */
        tz?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            values: {
              value: string;
              count: number;
            }[];
            range: {
              from: string | null;
              /** @description The first time behind it. */
              to: string | null;
            };
            /**
             * @description Where it was counted.
             * @enum {string}
             */
            from: 'counts' | 'newest entries';
            /** @description How many were counted. */
            entries: number;
            /** @description Whether these are all that match. */
            complete: boolean;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tail: {
    parameters: {
      query?: {
        /** @description An expression of the query language; all entries if absent. */
        q?: string;
        /** @description What is stored first, from this time on: 1h (ago), 14:00, 2026-11-25T14:00:05Z. */
        since?: string;
        /** @description The zone that times are read in. */
        tz?: string;
        /** @description Of what is stored, the last so many first. */
        n?: number;
        /** @description Entries a second at most; what is left out is counted in events called sampled. */
        max_rate?: number;
        /** @description The id of the last event that was seen; the header Last-Event-ID goes before it. */
        last_event_id?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  services: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            services: {
              service: string;
              entries: number;
              /** @description Of severity error and fatal. */
              errors: number;
              severities: {
                [key: string]: number;
              };
              lastErrorAt: string | null;
              secondsSinceLastError: number | null;
            }[];
            /** @description Otherwise the budget ended before all last errors were found. */
            complete: boolean;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  counts: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            counts: {
              service: string;
              /** @enum {string} */
              severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
              count: number;
            }[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  countsMinutes: {
    parameters: {
      query?: {
        /** @description Which minutes come first. */
        order?: 'newest' | 'oldest';
        from?: string;
        /** @description The first minute behind the last. */
        to?: string;
        services?: string;
        severities?: string;
        /** @description About so many counts: whole minutes. */
        limit?: number;
        /** @description Otherwise only `end` is told. */
        counts?: true | false;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            counts: {
              minute: string;
              service: string;
              /** @enum {string} */
              severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
              count: number;
            }[];
            /** @description The last minute that was looked at; null: all were. */
            end: string | null;
            countsRead: number;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  countsRanges: {
    parameters: {
      query: {
        ranges: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            counts: {
              /** @description Its place, from 0. */
              range: number;
              service: string;
              /** @enum {string} */
              severity: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
              count: number;
            }[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  countsSums: {
    parameters: {
      query: {
        ranges: string;
        /** @description Each service and severity by itself, or all severities or services together. */
        by?: 'key' | 'service' | 'severity';
        services?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description null: the sums cannot be trusted now, and ranges says the same from minutes. */
            counts:
              | {
                  /** @description Its place, from 0. */
                  range: number;
                  service: string;
                  /** @description null: all of them. */
                  severity: ('debug' | 'info' | 'warn' | 'error' | 'fatal') | null;
                  count: number;
                }[]
              | null;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  workers: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description The clock of the database. */
            now: string;
            storedUpTo: {
              /** @enum {string} */
              kind: 'running' | 'stopped' | 'unknown';
              at: string | null;
            };
            workers: ({
              id: string;
              host: string;
              pid: number;
              release: string;
              /** @enum {string} */
              state: 'running' | 'draining' | 'stopped' | 'silent';
              startedAt: string;
              seenAt: string;
              lastFlushAt: string | null;
              heldMessages: number;
              heldBytes: number;
              oldestHeldAt: string | null;
              lagMs: number | null;
              /** @description That the subscription delivered; the rest counts entries. */
              messages?: number;
              received?: number;
              stored?: number;
              duplicates?: number;
              deadLettered?: number;
              /** @description Not kept, as the setting DISCARD says. */
              discarded?: number;
              released?: number;
              held?: number;
            } & {
              [key: string]: unknown;
            })[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  indexes: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            indexes: {
              name: string;
              /** @description In the order of the index. */
              columns: string[];
              /** @description The tag whose values it holds, as `lms index add` made it. */
              tag: string | null;
            }[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deadLetters: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Only those with this code, of all that are looked at. */
        code?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            letters: {
              /** @description Of the message as it first came, over any number of replays. */
              messageId: string;
              publishTime: string;
              deadLetteredAt: string;
              /** @description What is wrong with it: docs/errors.md. */
              code: string;
              reason: string;
              service: string | null;
              bytes: number;
              /** @description Of a message that is too large for one letter: 1/2. */
              part: string | null;
              /** @description How what was refused begins. */
              beginning: string | null;
            }[];
            /** @description Otherwise there may be more than were looked at. */
            complete: boolean;
            /** @description How long a letter is kept. */
            retentionSeconds: number | null;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postDeadLettersReplay: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Only letters with this code. */
          code?: string;
          /** @description Only these. */
          messageIds?: string[];
          /** @default 10000 */
          limit?: number;
          /**
           * @description Publish nothing: say what would be.
           * @default false
           */
          dryRun?: boolean;
        };
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Published again; in a dry run, would be. */
            replayed: number;
            /** @description Of these, not confirmed as removed: they may come again, and count once. */
            unconfirmed: number;
            notAskedFor: number;
            /** @description Rejected again meanwhile. */
            cameBack: number;
            /** @description Cannot be published: packed by another program, too large with their identity, or of a token that may not write all services. */
            unfit: number;
            /** @description Parts of messages that are too large to be published. */
            parts: number;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  session: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Of the token, or of whom a trusted proxy names. */
            name: string;
            scopes: ('read' | 'write' | 'admin')[];
            /** @description Patterns of names; null: all. */
            services: string[] | null;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postSession: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @description Of the token, or of whom a trusted proxy names. */
            name: string;
            scopes: ('read' | 'write' | 'admin')[];
            /** @description Patterns of names; null: all. */
            services: string[] | null;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deleteSession: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @constant */
            ended: true;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  searches: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            searches: {
              id: string;
              name: string;
              q: string;
              since: string | null;
              until: string | null;
              tz: string;
              createdAt: string;
            }[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  putSearchesId: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Chosen by whoever saves it. */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          /** @default  */
          q?: string;
          /** @default null */
          since?: string | null;
          /** @default null */
          until?: string | null;
          /** @default UTC */
          tz?: string;
        };
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            id: string;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deleteSearchesId: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Chosen by whoever saves it. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @constant */
            removed: true;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tokens: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            tokens: {
              id: string;
              name: string;
              /** @enum {string} */
              state: 'valid' | 'revoked' | 'expired';
              scopes: ('read' | 'write' | 'admin')[];
              /** @description Patterns of names; null: all services. */
              services: string[] | null;
              namespace: string | null;
              createdAt: string;
              expiresAt: string | null;
              lastUsedAt: string | null;
              revokedAt: string | null;
            }[];
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  postTokens: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          name: string;
          /**
           * @default [
           *       "read"
           *     ]
           */
          scopes?: ('read' | 'write' | 'admin')[];
          services?: string[];
          namespace?: string;
          /** @description After this time: 90d, 12h. It does not end if absent. */
          expires?: string;
        };
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            secret: string;
            id: string;
            name: string;
            /** @enum {string} */
            state: 'valid' | 'revoked' | 'expired';
            scopes: ('read' | 'write' | 'admin')[];
            /** @description Patterns of names; null: all services. */
            services: string[] | null;
            namespace: string | null;
            createdAt: string;
            expiresAt: string | null;
            lastUsedAt: string | null;
            revokedAt: string | null;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deleteTokensId: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            /** @constant */
            revoked: true;
          };
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
