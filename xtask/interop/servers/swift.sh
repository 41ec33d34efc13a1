#!/usr/bin/env bash
# OpenStack Swift with its S3 face, one storage node: a real distributed store, from PyPI alone.
# The strictest verifier of signatures that packages can be had of: header, presigned, chunked.
# Its access key always has a colon in it.
source "$(dirname "$0")/lib.sh"
BIN=$PLACE/venv/bin
KEY_ID=test:tester
SECRET=testing

install() {
  venv "$PLACE/venv" swift==2.38.3
}

ring() {
  local kind=$1 port=$2
  "$BIN/swift-ring-builder" "$kind.builder" create 6 1 0
  "$BIN/swift-ring-builder" "$kind.builder" add --region 1 --zone 1 --ip 127.0.0.1 \
    --port "$port" --device d1 --weight 1
  "$BIN/swift-ring-builder" "$kind.builder" rebalance || true
}

storage() {
  local kind=$1 port=$2
  ring "$kind" "$port" >"$STATE/$kind-ring.log" 2>&1
  cat >"$kind.conf" <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
workers = 0
user = $(id -un)
swift_dir = $STATE
devices = $STATE/node
mount_check = false
log_level = WARNING
fallocate_reserve = 0
container_update_timeout = 10
conn_timeout = 5
node_timeout = 20
[pipeline:main]
pipeline = $kind-server
[app:$kind-server]
use = egg:swift#$kind
END
  start "$kind" "$BIN/swift-$kind-server" "$STATE/$kind.conf"
}

proxy() {
  cat >proxy.conf <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${PORT[0]}
workers = 0
user = $(id -un)
swift_dir = $STATE
log_level = WARNING
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth
  copy bulk slo dlo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${PORT[4]}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
allow_multipart_uploads = true
check_bucket_owner = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = $SECRET .admin
[filter:copy]
use = egg:swift#copy
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 5
node_timeout = 30
recoverable_node_timeout = 20
post_quorum_timeout = 10
allow_account_management = true
END
  start proxy "$BIN/swift-proxy-server" "$STATE/proxy.conf"
}

run() {
  export SWIFT_TEST_IN_PROCESS=0
  mkdir -p "$STATE/node/d1"
  cd "$STATE"
  cat >swift.conf <<END
[swift-hash]
swift_hash_path_prefix = interop
swift_hash_path_suffix = interop
[storage-policy:0]
name = one
default = yes
END
  # Without memcached the proxy only reads container information more often.
  if command -v memcached >/dev/null; then
    start memcached memcached -u "$(id -un)" -l 127.0.0.1 -p "${PORT[4]}" -m 32
  fi
  storage object "${PORT[1]}"
  storage account "${PORT[2]}"
  storage container "${PORT[3]}"
  proxy
  until_ok 60 answers "http://127.0.0.1:${PORT[0]}/healthcheck" || gave_up proxy object
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT[0]}" AWS_REGION=us-east-1 \
    "AWS_ACCESS_KEY_ID=$KEY_ID" "AWS_SECRET_ACCESS_KEY=$SECRET"
  serve
}

dispatch "$@"
