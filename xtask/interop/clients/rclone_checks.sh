#!/usr/bin/env bash
# rclone: Go, on the second AWS SDK for it, with its own rules for Cloudflare.
source "$(dirname "$0")/checks.sh"
AT=r2:$BUCKET/$PREFIX
export RCLONE_CONFIG=$SCRATCH/rclone.conf
export RCLONE_CONFIG_R2_TYPE=s3 RCLONE_CONFIG_R2_PROVIDER=Cloudflare
export RCLONE_CONFIG_R2_ENDPOINT=$AWS_ENDPOINT_URL_S3 RCLONE_CONFIG_R2_REGION=$AWS_REGION
export RCLONE_CONFIG_R2_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID
export RCLONE_CONFIG_R2_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY
export RCLONE_CONFIG_R2_NO_CHECK_BUCKET=true
: >"$RCLONE_CONFIG"

rclone() {
  "$PLACE/bin/rclone" --quiet --retries 1 --low-level-retries 1 \
    --s3-upload-cutoff 5M --s3-chunk-size 5M "$@"
}

put_and_get() {
  rclone copyto "$FILES/small" "$AT$ODD"
  rclone cat "$AT$ODD" | same - "$FILES/small"
}
ranges() {
  is "$(rclone cat --offset 2 --count 4 "$AT$ODD")" "$(tail -c +3 "$FILES/small" | head -c 4)"
}
list() {
  rclone copy "$FILES/tree" "${AT}tree"
  is "$(rclone lsf --dirs-only "${AT}tree")" "sub d/"
  is "$(rclone lsf --recursive --files-only "${AT}tree" | wc -l)" \
    "$(find "$FILES/tree" -type f | wc -l)"
}
tree_back() {
  rclone check "$FILES/tree" "${AT}tree"
  rclone check --download "$FILES/tree" "${AT}tree"
  rclone sync "${AT}tree" back
  diff -r "$FILES/tree" back
}
multipart() {
  rclone copyto "$FILES/big" "${AT}big"
  rclone cat "${AT}big" | same - "$FILES/big"
  rclone rcat "${AT}stdin" <"$FILES/big"
  rclone cat "${AT}stdin" | same - "$FILES/big"
}
copy() {
  rclone copyto "${AT}big" "${AT}copied"
  rclone moveto "${AT}copied" "${AT}moved"
  rclone cat "${AT}moved" | same - "$FILES/big"
}
presigned() {
  curl --silent --fail "$(rclone link "$AT$ODD")" | same - "$FILES/small"
}
removed() {
  rclone purge "${AT}tree"
  is "$(rclone lsf "${AT}tree" 2>/dev/null)" ""
}
reads_r2() {
  rclone cat "r2:$BUCKET/from-r2/big" | same - "$FILES/big"
  rclone cat "r2:$BUCKET/from-r2/$ODD" | same - "$FILES/small"
}
leaves() {
  rclone copyto "$FILES/small" "${AT}left/small"
  rclone copyto "$FILES/big" "${AT}left/big"
  rclone copyto "$FILES/small" "${AT}left/$ODD"
}

check "put and get of an odd key" put_and_get
check "ranges" ranges
check "list with delimiter" list
check "a tree comes back equal, by checksum and by bytes" tree_back
check "multipart, from a file and from a stream" multipart
check "copy and move" copy
check "presigned" presigned
check "removes a tree" removed
check "reads what r2 wrote" reads_r2
check "leaves something for r2" leaves
