# Shared by the server scripts. Each is called as `NAME.sh install` or `NAME.sh run`.
#
# install  puts the server under $PLACE; idempotent; ends with 69 if it cannot be had here.
# run      starts it on the loopback ports in $PORTS with its state in $STATE, prints what a client
#          needs as `NAME=VALUE` lines and then `ready`, and serves until standard input closes.
#          Standard input closes when the keeper ends, however it ends: nothing is left running.
set -euo pipefail
: "${PLACE:?where it is installed}"
HERE=$(cd "$(dirname "$0")" && pwd)
UNAVAILABLE=69
PIDS=()

# start NAME COMMAND...: in the background, with its output in a log of its own.
start() {
  local name=$1
  shift
  "$@" >"$STATE/$name.log" 2>&1 </dev/null &
  PIDS+=($!)
}

# stop_all: from the newest to the oldest; whoever does not go within five seconds is killed.
stop_all() {
  local at pid
  for ((at = ${#PIDS[@]} - 1; at >= 0; at--)); do
    pid=${PIDS[$at]}
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 50); do
      kill -0 "$pid" 2>/dev/null || continue 2
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
  done
}

# until_ok SECONDS COMMAND...: tries again every fifth of a second.
until_ok() {
  local tries=$(($1 * 5))
  shift
  for _ in $(seq "$tries"); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  return 1
}

# answers URL: whether anything but a server error comes back.
answers() {
  curl --silent --fail --output /dev/null --max-time 2 "$1"
}

# gave_up NAME...: what the logs say last.
gave_up() {
  local name
  for name in "$@"; do
    echo "--- $name" >&2
    tail -n 5 "$STATE/$name.log" >&2 || true
  done
  exit 1
}

# tell NAME=VALUE...: for the keeper.
tell() {
  printf '%s\n' "$@"
}

# serve: everything is up; hold until the keeper is done.
serve() {
  echo ready
  cat >/dev/null
}

# venv FOLDER PACKAGE...: a Python environment of its own, made once.
venv() {
  local folder=$1
  shift
  [ -e "$folder/.complete" ] && return
  command -v python3 >/dev/null || { echo "python3 is not installed" >&2; exit $UNAVAILABLE; }
  rm -rf "$folder"
  python3 -m venv "$folder" || { echo "python3 cannot make a venv" >&2; exit $UNAVAILABLE; }
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
  touch "$folder/.complete"
}

# dispatch: `install` or `run`, by the first argument.
dispatch() {
  case ${1:-} in
  install)
    mkdir -p "$PLACE"
    install
    ;;
  run)
    : "${STATE:?where its state goes}" "${PORTS:?loopback ports to use}"
    read -r -a PORT <<<"$PORTS"
    rm -rf "$STATE"
    mkdir -p "$STATE"
    trap stop_all EXIT
    trap 'exit 130' INT TERM
    run
    ;;
  *)
    echo "usage: $0 install|run" >&2
    exit 2
    ;;
  esac
}
