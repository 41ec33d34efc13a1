#!/usr/bin/env bash
# Our emulator as the crate's own example serves it: in memory, or in a folder with every answer
# forced to the disk; signatures are checked either way.
source "$(dirname "$0")/lib.sh"

install() {
  :
}

run() {
  : "${BINARY:?the example serve}" "${KIND:?memory or folder}"
  local id=00000000000000000000000000000001 secret=benchsecret folder=-
  [ "$KIND" = memory ] || folder=$STATE/store
  start r2-sim "$BINARY" "127.0.0.1:${PORT[0]}" "$folder" "$id" "$secret"
  until_ok 30 grep -q 'a local R2 at' "$STATE/r2-sim.log" || gave_up r2-sim
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT[0]}" AWS_REGION=auto \
    "AWS_ACCESS_KEY_ID=$id" "AWS_SECRET_ACCESS_KEY=$secret"
  serve
}

dispatch "$@"
