#!/usr/bin/env bash
# The AWS command line interface, version 1.
source "$(dirname "$0")/checks.sh"
AT=s3://$BUCKET/$PREFIX
# Parts of the size that R2 asks for at least, so that 20 MiB are four of them.
cat >"$SCRATCH/config" <<END
[default]
s3 =
  addressing_style = path
  signature_version = s3v4
  multipart_chunksize = 5MB
  multipart_threshold = 8MB
END
export AWS_CONFIG_FILE=$SCRATCH/config AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_PAGER=
export AWS_MAX_ATTEMPTS=1

aws() {
  "$PLACE/bin/aws" --endpoint-url "$AWS_ENDPOINT_URL_S3" "$@"
}
api() {
  local call=$1
  shift
  aws s3api "$call" --bucket "$BUCKET" --output text "$@"
}

put_and_get() {
  aws s3 cp --quiet "$FILES/small" "$AT$ODD"
  aws s3 cp --quiet "$AT$ODD" got
  same got "$FILES/small"
}
ranges() {
  api put-object --key "${PREFIX}small" --body "$FILES/small" >put.out
  api get-object --key "${PREFIX}small" --range bytes=2-5 got >get.out
  is "$(cat got)" "$(tail -c +3 "$FILES/small" | head -c 4)"
}
list() {
  aws s3 sync --quiet "$FILES/tree" "${AT}tree"
  is "$(api list-objects-v2 --prefix "${PREFIX}tree/" --delimiter / \
    --query 'CommonPrefixes[].Prefix')" "${PREFIX}tree/sub d/"
  is "$(aws s3 ls --recursive "${AT}tree/" | wc -l)" "$(find "$FILES/tree" -type f | wc -l)"
}
tree_back() {
  aws s3 sync --quiet "${AT}tree" back
  diff -r "$FILES/tree" back
  is "$(aws s3 sync "$FILES/tree" "${AT}tree")" ""
}
multipart() {
  aws s3 cp --quiet "$FILES/big" "${AT}big"
  aws s3 cp --quiet "${AT}big" got
  same got "$FILES/big"
  aws s3 cp --quiet - "${AT}stdin" <"$FILES/big"
  aws s3 cp --quiet "${AT}stdin" - | same - "$FILES/big"
}
# Below its threshold for parts: above, it sends a condition that R2 does not have (501).
copy() {
  aws s3 cp --quiet "$FILES/small" "${AT}small"
  aws s3 cp --quiet "${AT}small" "${AT}copied"
  aws s3 mv --quiet "${AT}copied" "${AT}moved"
  aws s3 cp --quiet "${AT}moved" - | same - "$FILES/small"
}
presigned() {
  curl --silent --fail "$(aws s3 presign "$AT$ODD")" | same - "$FILES/small"
}
conditional() {
  local said
  create() {
    api put-object --key "${PREFIX}once" --body "$FILES/small" --if-none-match '*'
  }
  create >put.out
  if said=$(create 2>&1); then
    echo "written twice"
    return 1
  fi
  [[ $said == *PreconditionFailed* ]] || { echo "$said"; return 1; }
}
batch() {
  api delete-objects --delete "Objects=[{Key=${PREFIX}tree/f1},{Key=${PREFIX}tree/f2}]" >del.out
  aws s3 rm --quiet --recursive "${AT}tree"
  is "$(aws s3 ls "${AT}tree")" ""
}
reads_r2() {
  aws s3 cp --quiet "s3://$BUCKET/from-r2/big" - | same - "$FILES/big"
  aws s3 cp --quiet "s3://$BUCKET/from-r2/$ODD" - | same - "$FILES/small"
}
leaves() {
  aws s3 cp --quiet "$FILES/small" "${AT}left/small"
  aws s3 cp --quiet "$FILES/big" "${AT}left/big"
  aws s3 cp --quiet "$FILES/small" "${AT}left/$ODD"
}

check "put and get of an odd key" put_and_get
check "ranges" ranges
check "list with delimiter" list
check "a tree comes back equal, and a second sync sends nothing" tree_back
check "multipart, from a file and from a stream" multipart
check "copy and move" copy
check "presigned" presigned
check "conditional put" conditional
check "batch delete" batch
check "reads what r2 wrote" reads_r2
check "leaves something for r2" leaves
