#!/usr/bin/env bash
# Our own local R2, as a person serves it: `r2 serve emulator` on a folder.
source "$(dirname "$0")/lib.sh"
export AWS_ACCESS_KEY_ID=emulatorkeyid AWS_SECRET_ACCESS_KEY=emulatorsecretaccesskey

install() {
  :
}

listens() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1")
}

run() {
  start emulator "${BINARY:?the program r2}" --local "$STATE/store" serve emulator \
    --listen "127.0.0.1:${PORT[0]}" --bucket test
  until_ok 30 listens "${PORT[0]}" || gave_up emulator
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT[0]}" AWS_REGION=auto \
    "AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY"
  serve
}

dispatch "$@"
