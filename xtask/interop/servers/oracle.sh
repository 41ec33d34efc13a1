#!/usr/bin/env bash
# Cloudflare's own local R2 (npm's miniflare, which brings workerd) with its S3 face: not broad, but
# its error codes and messages are R2's, so it tells what the emulator ought to answer.
# Its buckets are fixed at the start, and it lists neither parts nor uploads.
source "$(dirname "$0")/lib.sh"
VERSION=4.20260730.0

install() {
  [ -e "$PLACE/.complete" ] && return
  command -v npm >/dev/null || { echo "npm is not installed" >&2; exit $UNAVAILABLE; }
  cd "$PLACE"
  echo '{"private": true}' >package.json
  npm install --no-audit --no-fund --silent "miniflare@$VERSION" >&2
  touch .complete
}

run() {
  # The module is looked for beside the script that asks for it.
  cp "$HERE/oracle.mjs" "$PLACE/"
  export LISTEN=${PORT[0]} BUCKETS=test,other KEY_ID=r2localkey SECRET=r2localsecret
  start oracle node "$PLACE/oracle.mjs"
  until_ok 30 grep -q READY "$STATE/oracle.log" || gave_up oracle
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:$LISTEN/cdn-cgi/local/r2/s3" AWS_REGION=auto \
    "AWS_ACCESS_KEY_ID=$KEY_ID" "AWS_SECRET_ACCESS_KEY=$SECRET"
  serve
}

dispatch "$@"
