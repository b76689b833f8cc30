#!/bin/sh
# Write the hash-locked requirements anew from pyproject.toml. Needs uv; run it when a dependency changes.
set -eu
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
        --no-emit-find-links --python-version 3.11 "$@" pyproject.toml
}

compile --group setup --extra demo --output-file requirements.txt
compile --group setup --extra demo --extra dev --output-file requirements-dev.txt
