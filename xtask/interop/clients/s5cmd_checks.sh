#!/usr/bin/env bash
# s5cmd: Go, on the first AWS SDK for it.
source "$(dirname "$0")/checks.sh"
AT=s3://$BUCKET/$PREFIX
export S3_ENDPOINT_URL=$AWS_ENDPOINT_URL_S3

s5cmd() {
  "$PLACE/bin/s5cmd" --log error --retry-count 0 "$@"
}
# A list is an `info` to it, which --log error would hide.
list() {
  "$PLACE/bin/s5cmd" --retry-count 0 ls "$1"
}

put_and_get() {
  s5cmd cp "$FILES/small" "${AT}a b+é"
  s5cmd cp "${AT}a b+é" got
  same got "$FILES/small"
}
delimiter() {
  s5cmd cp "$FILES/tree/" "${AT}tree/"
  is "$(list "${AT}tree/" | grep -c DIR)" 1
  is "$(list "${AT}tree/*" | wc -l)" "$(find "$FILES/tree" -type f | wc -l)"
}
tree_back() {
  s5cmd sync "${AT}tree/*" back/
  diff -r "$FILES/tree" back
}
multipart() {
  s5cmd cp --part-size 5 "$FILES/big" "${AT}big"
  s5cmd cp --part-size 5 "${AT}big" got
  same got "$FILES/big"
  s5cmd cat "${AT}big" | same - "$FILES/big"
}
copy() {
  s5cmd cp "${AT}big" "${AT}copied"
  s5cmd mv "${AT}copied" "${AT}moved"
  s5cmd cat "${AT}moved" | same - "$FILES/big"
}
presigned() {
  curl --silent --fail "$(s5cmd presign "${AT}a b+é")" | same - "$FILES/small"
}
batch() {
  s5cmd rm "${AT}tree/*"
  [[ $(list "$AT") == *big* ]]
  [[ $(list "$AT") != *tree* ]]
}
reads_r2() {
  s5cmd cat "s3://$BUCKET/from-r2/big" | same - "$FILES/big"
}
leaves() {
  s5cmd cp "$FILES/small" "${AT}left/small"
  s5cmd cp --part-size 5 "$FILES/big" "${AT}left/big"
}

check "put and get" put_and_get
check "list with delimiter" delimiter
check "a tree comes back equal" tree_back
check "multipart up, ranges down" multipart
check "copy and move" copy
check "presigned" presigned
check "batch delete" batch
check "reads what r2 wrote" reads_r2
check "leaves something for r2" leaves
