#!/usr/bin/env bash
# Makes both lock files anew from pyproject.toml: hashes of every supported Python and platform, no registry's address.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
lock=(uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
    --no-emit-index-url --quiet)
"${lock[@]}" --output-file requirements/run.lock
"${lock[@]}" --extra dev --output-file requirements/test.lock
