#!/bin/sh
# Make .venv from a hash-locked list (argument 1) and install this checkout into it; at once done when that was done.
set -eu
cd "$(dirname "$0")/.."
lock=$1
python=${PYTHON:-python3}

wanted() {
    pwd
    sha256sum "$1" pyproject.toml
}

installed() {
    [ -x .venv/bin/inboxd ] && .venv/bin/python -c '' 2>/dev/null && wanted "$1" | cmp -s - .venv/installed
}

# The list for developers holds everything that the shorter one does.
if installed "$lock" || installed requirements-dev.txt; then
    exit 0
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "inboxd needs Python 3.11 or newer; \`$python\` is not. Name another: make PYTHON=python3.11 ..." >&2
    exit 1
fi

# Debian keeps the module that puts pip into a new environment in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "\`$python -m venv\` does not work here: as root, apt-get install python3-venv" >&2
        exit 1
    fi
    echo "set-up: installing python3-venv"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    apt-get install -qq -y --no-install-recommends python3-venv </dev/null >/dev/null
fi

echo "set-up: installing $(grep -c '^[a-z]' "$lock") locked packages into .venv"
.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
rm -f .venv/installed
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
.venv/bin/python -m pip install -qq --require-hashes -r "$lock"
.venv/bin/python -m pip install -qq --no-deps --no-build-isolation -e .
wanted "$lock" >.venv/installed
