#!/usr/bin/env bash
# moto: what most Python projects test against. It checks no signatures.
source "$(dirname "$0")/lib.sh"

install() {
  venv "$PLACE/venv" 'moto[server,s3]==5.2.5'
}

run() {
  start moto "$PLACE/venv/bin/moto_server" -H 127.0.0.1 -p "${PORT[0]}"
  until_ok 30 answers "http://127.0.0.1:${PORT[0]}/" || gave_up moto
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT[0]}" AWS_REGION=us-east-1 \
    AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
  serve
}

dispatch "$@"
