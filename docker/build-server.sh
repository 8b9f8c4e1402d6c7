#!/usr/bin/env bash
# Builds the program's image: the same steps as ./hotline run, without the sample callers' tools.
# build-server.sh FOLDER: libraries go to FOLDER/venv.
set -euo pipefail
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
CACHE=${1:?usage: build-server.sh FOLDER}
# shellcheck source=docker/steps.sh
source "$HERE/steps.sh"
# shellcheck source=docker/install.sh
source "$HERE/install.sh"

RUN_COMMANDS=(ffmpeg:ffmpeg setpriv:util-linux flock:util-linux)
has_asterisk() { true; } # another image's part

prepare_cache "$CACHE"
install_packages run
find_python
make_venv run "$CACHE" "$HERE/../requirements/run.lock"
ln -sfn -- "$(basename -- "$VENV")" "$CACHE/venv"
