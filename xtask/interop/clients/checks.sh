# What the command-line clients' checks share: `ok NAME` or `not ok NAME: why`, one line a check.
set -uo pipefail
: "${AWS_ENDPOINT_URL_S3:?}" "${BUCKET:?}" "${PREFIX:?}" "${FILES:?}" "${SCRATCH:?}" "${PLACE:?}"
: "${ODD:?a key with everything in it that clients spell differently}"
case $AWS_ENDPOINT_URL_S3 in
http://127.0.0.1:*) ;;
*)
  echo "$AWS_ENDPOINT_URL_S3 is not loopback: these checks never leave the machine" >&2
  exit 2
  ;;
esac
cd "$SCRATCH"

# check NAME FUNCTION: the first command of the function that fails, fails the check.
check() {
  local name=$1 said status
  # Not in an `if`: there, bash would not heed `set -e`.
  said=$(set -e; "$2" 2>&1)
  status=$?
  if [ "$status" = 0 ]; then
    echo "ok $name"
  else
    echo "not ok $name: $(printf '%s' "$said" | tr '\n' ' ' | tail -c 300)"
  fi
}

# same A B: whether two files are equal.
same() {
  cmp "$1" "$2"
}

# is GOT WANTED: whether two texts are equal.
is() {
  [ "$1" = "$2" ] || { echo "got '$1', wanted '$2'"; return 1; }
}
