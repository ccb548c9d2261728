# shellcheck shell=bash
# Functions of the scripts that install and start servers for tests. Sourced by them; it does nothing by
# itself. Every server runs on loopback with data of its own, which is thrown away when it is stopped.

PATH=$PATH:/usr/sbin:/usr/local/sbin:/sbin
script=${0##*/}

fail() {
  echo "$script: $*" >&2
  exit 1
}

# For a machine on which this cannot be had at all: a status of its own, EX_UNAVAILABLE of sysexits.h.
unavailable() {
  echo "$script: $*" >&2
  exit 69
}

has() { command -v "$1" >/dev/null; }

# The comment at the head of the script is its manual.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

can_be_root() { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }

as_root() {
  set -- env DEBIAN_FRONTEND=noninteractive "$@"
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

require_root_on_debian() {
  has apt-get || unavailable 'this needs the packages of Debian: there is no apt-get on this machine'
  [ "$(id -u)" = 0 ] || unavailable 'this needs root, to install packages and to start servers as users of their own'
}

# Installs Debian packages with what they need and nothing more. Quiet, unless it fails. Scripts that run at
# once take turns.
install_packages() {
  local log
  log=$(mktemp)
  if ! {
    flock 9
    as_root apt-get update -qq &&
      as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
  } 9>"${TMPDIR:-/tmp}/lms-packages-$(id -u).lock" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "cannot install $*"
  fi
  rm -f "$log"
}

# Tries a command until it succeeds, for so many seconds, while the process lives (0: whoever lives).
wait_until() { # SECONDS PID COMMAND...
  local deadline=$((SECONDS + $1)) pid=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$pid" = 0 ] || kill -0 "$pid" 2>/dev/null || return 1
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

require_number() {
  [[ $1 =~ ^[0-9]+$ ]] || fail "not a number: $1"
}

require_free_ports() {
  local port
  for port; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is taken"; fi
  done
}

# Starts a server that outlives the script. Its id is written down at once, so that whoever cleans up finds
# it.
start_server() { # LOG PIDFILE COMMAND...
  local log=$1 pidfile=$2
  shift 2
  setsid "$@" >>"$log" 2>&1 </dev/null &
  echo $! >"$pidfile"
}

# The id of the process that works on this data directory. A file with an id may be older than the process
# that has it now, so the process is asked for its command line.
pid_of() { # PIDFILE DATADIR
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] &&
    tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "--datadir=$2" &&
    echo "$pid"
}

# A process that has ended may stay in the table until its parent asks for its status; its files and ports are
# free by then, unless a thread of it is still on its way out.
gone() {
  local status
  status=$(cat "/proc/$1/status" 2>/dev/null) || return 0
  [[ $status == *$'\nState:\tZ'* && $status == *$'\nThreads:\t1\n'* ]]
}

# Ends a process and waits for its end; one that does not listen to the signal is killed.
end_process() { # PID SIGNAL
  kill -"$2" "$1" 2>/dev/null || return 0
  wait_until 20 0 gone "$1" && return
  kill -KILL "$1" 2>/dev/null || return 0
  wait_until 20 0 gone "$1" || fail "process $1 does not end"
}

# Runs the function `clean_up` unless what follows comes to its end.
clean_up_on_failure() {
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

done_without_failure() { trap - EXIT INT TERM; }
