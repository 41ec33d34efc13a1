#!/usr/bin/env bash
# The Ceph RADOS Gateway on one monitor and one object store daemon, from Debian's packages: a real
# distributed store, and the only one at hand whose create-only PUT is atomic under a race.
source "$(dirname "$0")/lib.sh"
KEY_ID=AKRGWTEST00000000000
SECRET=rgwsecretrgwsecretrgwsecretrgwsecretrgws
PROGRAMS="radosgw radosgw-admin ceph ceph-mon ceph-osd monmaptool"

installed() {
  local program
  for program in $PROGRAMS; do
    command -v "$program" >/dev/null || return 1
  done
}

install() {
  installed && return
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "needs Debian's packages radosgw, ceph-mon and ceph-osd, and root to install them" >&2
    exit $UNAVAILABLE
  fi
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    radosgw ceph-mon ceph-osd >"$PLACE/apt.log" 2>&1 || { tail -n 5 "$PLACE/apt.log" >&2; exit 1; }
}

config() {
  cat >"$CONF" <<END
[global]
fsid = $FSID
mon host = v1:127.0.0.1:${PORT[1]}
mon initial members = a
ms bind msgr2 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
osd crush update on start = false
osd class update on start = false
osd pool default pg autoscale mode = off
mon max pg per osd = 2000
mon warn on pool no redundancy = false
run dir = $STATE/run
admin socket = $SOCKETS/\$name.asok
log file = $STATE/\$name.log
crash dir = $STATE
mon data = $STATE/mon
osd data = $STATE/osd
osd objectstore = bluestore
bluestore block size = 4294967296
bluestore fsck on mount = false
osd memory target = 939524096
mon data avail warn = 1
mon data avail crit = 1
rgw data = $STATE/rgw
rgw frontends = beast endpoint=127.0.0.1:${PORT[0]}
rgw enable usage log = false
rgw crypt require ssl = false
rgw thread pool size = 64
END
}

ceph_() {
  ceph -c "$CONF" --connect-timeout 10 "$@"
}

monitor_is_up() {
  ceph_ mon stat | grep -q 'quorum 0' && ceph_ osd stat
}

store_is_up() {
  ceph_ osd stat | grep -q '1 up'
}

run() {
  CONF=$STATE/ceph.conf
  FSID=$(cat /proc/sys/kernel/random/uuid)
  # A socket's path may have 107 bytes, which a deep checkout does not leave.
  SOCKETS=$(mktemp -d)
  trap 'stop_all; rm -rf "$SOCKETS"' EXIT
  mkdir -p "$STATE"/{mon,osd,rgw,run}
  config
  monmaptool --create --clobber --addv a "v1:127.0.0.1:${PORT[1]}" --fsid "$FSID" \
    "$STATE/monmap" >"$STATE/monmap.log"
  ceph-mon -c "$CONF" -i a --mkfs --monmap "$STATE/monmap"
  start mon ceph-mon -c "$CONF" -i a -f
  until_ok 30 monitor_is_up || gave_up mon
  # A young monitor answers EPERM now and then.
  local uuid
  uuid=$(cat /proc/sys/kernel/random/uuid)
  until_ok 30 ceph_ osd new "$uuid" 0 || gave_up mon
  ceph-osd -c "$CONF" -i 0 --mkfs --osd-uuid "$uuid" >"$STATE/mkfs.log" 2>&1
  until_ok 30 ceph_ osd crush add osd.0 1.0 root=default host=h0 || gave_up mon
  start osd ceph-osd -c "$CONF" -i 0 -f
  until_ok 30 store_is_up || gave_up osd
  start rgw radosgw -c "$CONF" -n client.admin -f
  until_ok 60 answers "http://127.0.0.1:${PORT[0]}/" || gave_up rgw
  radosgw-admin -c "$CONF" user create --uid=interop --display-name=interop \
    --access-key="$KEY_ID" --secret-key="$SECRET" >"$STATE/user.log" 2>&1 || gave_up user
  tell "AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT[0]}" AWS_REGION=us-east-1 \
    "AWS_ACCESS_KEY_ID=$KEY_ID" "AWS_SECRET_ACCESS_KEY=$SECRET"
  serve
}

dispatch "$@"
