#!/bin/sh
# deps.sh PACKAGE... - install those Debian packages that are missing.
# A package whose command is already there from elsewhere (npm beside another
# Node.js, say) is left alone by not being listed.
set -eu

missing=
for package in "$@"; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) ||
	    status=absent
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "Missing packages:$missing" >&2
		echo "Run as root, or install sudo, and try again." >&2
		exit 1
	fi
	as_root=sudo
fi
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends $missing >/dev/null
