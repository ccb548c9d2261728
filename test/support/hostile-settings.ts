/**
 * Values of system variables that cut results, refuse statements or end connections, for each kind of server:
 * what somebody may have set server-wide. `max_join_size` is the last, for the session that sets it may be
 * refused a SELECT afterwards.
 */
const BOTH = {
  sql_select_limit: '1',
  completion_type: '2',
  sql_safe_updates: '1',
  unique_checks: '0',
  foreign_key_checks: '0',
  autocommit: '0',
  sql_auto_is_null: '1',
  wait_timeout: '1',
  net_read_timeout: '1',
  net_write_timeout: '1',
  time_zone: "'+05:00'",
  lc_messages: "'de_DE'",
  default_storage_engine: "'MyISAM'",
  collation_server: "'latin1_bin'",
  character_set_server: "'latin1'",
  group_concat_max_len: '4',
  div_precision_increment: '0',
  big_tables: '1',
  explicit_defaults_for_timestamp: '0',
  max_error_count: '0',
  session_track_transaction_info: "'CHARACTERISTICS'",
  session_track_state_change: '1',
};

const MARIADB = {
  ...BOTH,
  tx_read_only: '1',
  tx_isolation: "'SERIALIZABLE'",
  max_sort_length: '64',
  // Seconds. Long enough for what is sent before the session has its own.
  max_statement_time: '0.5',
  lock_wait_timeout: '0',
  innodb_lock_wait_timeout: '0',
  idle_transaction_timeout: '1',
  idle_write_transaction_timeout: '1',
  idle_readonly_transaction_timeout: '1',
  sql_mode: "'ORACLE,PAD_CHAR_TO_FULL_LENGTH,EMPTY_STRING_IS_NULL'",
  check_constraint_checks: '0',
  sql_if_exists: '1',
  sort_buffer_size: '1024',
  innodb_snapshot_isolation: '1',
  wsrep_osu_method: "'RSU'",
  max_join_size: '10',
};

const MYSQL = {
  ...BOTH,
  transaction_read_only: '1',
  transaction_isolation: "'SERIALIZABLE'",
  max_sort_length: '4',
  max_execution_time: '1',
  lock_wait_timeout: '1',
  innodb_lock_wait_timeout: '1',
  sql_mode: "'ANSI,PAD_CHAR_TO_FULL_LENGTH,NO_UNSIGNED_SUBTRACTION,NO_BACKSLASH_ESCAPES'",
  sql_require_primary_key: '1',
  sql_generate_invisible_primary_key: '1',
  default_collation_for_utf8mb4: "'utf8mb4_general_ci'",
  range_optimizer_max_mem_size: '1',
  session_track_gtids: "'OWN_GTID'",
  sort_buffer_size: '32768',
  max_join_size: '10',
};

/** The statement that gives a server of this version, or one session of it, all these values. */
export function hostileSettings(version: string, scope: 'GLOBAL' | 'SESSION'): string {
  const values = Object.entries(version.includes('MariaDB') ? MARIADB : MYSQL);
  return `SET ${values.map(([name, value]) => `${scope} ${name} = ${value}`).join(', ')}`;
}
