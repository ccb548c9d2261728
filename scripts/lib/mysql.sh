# shellcheck shell=bash
# MySQL of Debian's unstable suite, in a folder that is its file system: what mysql-server and mysql-cluster
# share. Sourced by them. Oracle's MySQL is in no stable release of Debian; unstable has it, and a server from
# there needs the libraries from there.

root=${MYSQL_SERVER_ROOT:-/var/cache/lms-mysql}

# Builds the folder once. Its files appear at the end, all at once, so that an interrupted build leaves
# nothing behind that looks like a server; scripts that start at the same time wait for the first.
build_mysql() {
  require_root_on_debian
  [ -e "$root/.complete" ] && return
  mkdir -p "$(dirname "$root")"
  { flock 8 && build_unless_there; } 8>"$root.lock"
}

build_unless_there() {
  local from
  [ -e "$root/.complete" ] && return
  [ ! -e "$root" ] || rmdir "$root" 2>/dev/null || fail "$root is in the way: it is no server that this script has built"
  echo "Building MySQL in $root" >&2
  has mmdebstrap || install_packages mmdebstrap
  from=$(mirror)
  rm -rf "$root.building"
  # A mirror that stands still, at some day of the past, has lists that are no longer valid.
  mmdebstrap --quiet --variant=essential --aptopt='Acquire::Check-Valid-Until "false"' \
    --include=mysql-server-core,mysql-client-core unstable "$root.building" "$from" >&2
  mkdir -p "$root.building/var/lib/lms"
  touch "$root.building/.complete"
  mv "$root.building" "$root"
}

# Where this machine has its own packages from; its apt may have to fetch the lists first.
mirror() {
  # shellcheck disable=SC2016 # apt's own notation
  local format='$(REPO_URI)' of=('Created-By: Packages' 'Origin: Debian' 'Label: Debian') found
  found=$(apt-get indextargets --format "$format" "${of[@]}" | sed 1q)
  if [ -z "$found" ]; then
    apt-get update -qq >&2
    found=$(apt-get indextargets --format "$format" "${of[@]}" | sed 1q)
  fi
  [ -n "$found" ] || fail 'no mirror of Debian in the apt sources of this machine'
  echo "$found"
}

# Places below are paths within the root; `$root$place` is the same one as seen from outside.

# Makes empty data, with root and no password; further words go to mysqld.
create_data() { # PLACE [WORD...]
  local place=$1
  shift
  mkdir -p "$root$place"
  chroot "$root" mysqld --no-defaults --initialize-insecure --user=root --datadir="$place/data" --secure-file-priv=NULL "$@" \
    >"$root$place/server.log" 2>&1 || { tail -20 "$root$place/server.log" >&2; fail 'cannot make the data of a server'; }
}

# Starts a server on its data and waits until it answers. It logs to server.log beside the data.
start_mysqld() { # PLACE PORT [WORD...]
  local place=$1 port=$2
  shift 2
  # Left by a server that was killed, and another process may have its id by now.
  rm -f "$root$place/mysqld.sock.lock"
  start_server "$root$place/server.log" "$root$place/pid" chroot "$root" mysqld --no-defaults --user=root \
    --datadir="$place/data" --port="$port" --bind-address=127.0.0.1 --socket="$place/mysqld.sock" --secure-file-priv=NULL \
    --mysqlx=OFF "$@"
  wait_until 60 $! sql "$place" 'SELECT 1' && return
  tail -20 "$root$place/server.log" >&2
  fail "mysqld does not start on port $port"
}

# Ends it at once: its data are not needed any more.
kill_mysqld() { # PLACE
  local pid
  if pid=$(mysqld_pid "$1"); then end_process "$pid" KILL; fi
}

sql() { # PLACE STATEMENT
  chroot "$root" mysql --no-defaults --user=root --socket="$1/mysqld.sock" --skip-column-names --execute "$2"
}

mysqld_pid() { pid_of "$root$1/pid" "$1/data"; } # PLACE
