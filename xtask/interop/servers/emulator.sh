#!/usr/bin/env bash
# Our own local R2, as a person serves it: `r2 serve emulator` on a folder.
source "$(dirname "$0")/lib.sh"

install() {
  :
}

run() {
  : "${BINARY:?the program r2}"
  start emulator "$BINARY" --local "$STATE/store" serve emulator --listen 127.0.0.1:0 --bucket test
  until_ok 30 grep -q AWS_REGION "$STATE/emulator.log" || gave_up emulator
  # It prints what a shell would need; the keeper needs the same.
  sed -n 's/^export //p' "$STATE/emulator.log"
  serve
}

dispatch "$@"
