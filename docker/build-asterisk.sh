#!/usr/bin/env bash
# Builds the PBX image: Asterisk 20 or newer from the distribution.
set -euo pipefail
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
CACHE=${TMPDIR:-/tmp}
# shellcheck source=docker/steps.sh
source "$HERE/steps.sh"
# shellcheck source=docker/install.sh
source "$HERE/install.sh"

has_asterisk && exit 0
need_root asterisk
step "package lists" "the package registry" "apt-get update" as_root apt-get update
asterisk_candidate || fail "this distribution has no Asterisk 20 or newer" "build on Debian forky or Ubuntu 24.04"
step "asterisk" "the package registry" "apt-get install -y asterisk" apt_install asterisk
