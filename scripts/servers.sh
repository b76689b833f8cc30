#!/bin/sh
# Install the real servers that the tests start on loopback: as root on Debian; elsewhere say what will be left out.
set -eu

packages="dovecot-imapd dovecot-lmtpd postfix postgresql strace faketime"
no_start=/usr/sbin/policy-rc.d

missing=""
if command -v dpkg-query >/dev/null; then
    for package in $packages; do
        status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
        [ "$status" = "install ok installed" ] || missing="$missing $package"
    done
fi

if [ "$(id -u)" -ne 0 ]; then
    echo "left out: Dovecot and Postfix, because only root can run them as their own users"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ||
        echo "left out: PostgreSQL, because it is not installed and only root can install it"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "left out: installing Dovecot, Postfix and PostgreSQL, because there is no apt-get here; their tests will fail"
    exit 0
fi
[ -n "$missing" ] || exit 0

echo "set-up: installing$missing"
# The tests start servers of their own; the distribution's are not to run.
made_no_start=""
if [ ! -e "$no_start" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$no_start"
    chmod 0755 "$no_start"
    made_no_start=yes
fi
trap '[ -z "$made_no_start" ] || rm -f "$no_start"' EXIT
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq -o Acquire::Retries=3 </dev/null
# shellcheck disable=SC2086 - a list of names
apt-get install -qq -y -o Acquire::Retries=3 --no-install-recommends $missing </dev/null >/dev/null
