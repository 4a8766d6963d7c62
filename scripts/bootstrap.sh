#!/bin/sh
# Makes .venv with the locked dependencies and the project itself. Usage: bootstrap.sh runtime|dev
set -eu
PYTHON=${PYTHON:-python3}
lock=requirements/$1.lock

fail() { echo "winnow: $1" >&2; exit 1; }

# $1: what is missing, the rest: Debian's packages that bring it
apt_install() {
    missing=$1; shift
    command -v apt-get >/dev/null || fail "$missing is missing; install it with your system's package manager and try again"
    if [ "$(id -u)" = 0 ]; then sudo=""; else sudo="sudo -n"; fi
    echo "winnow: $missing is missing; installing Debian's $*"
    { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq -y --no-install-recommends "$@" >/dev/null; } ||
        fail "$missing is missing; as root: apt-get install $*"
}

command -v "$PYTHON" >/dev/null || fail "no $PYTHON found; install Python 3.11 or newer, or set PYTHON=/path/to/python3.11"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$PYTHON is older than 3.11; set PYTHON=/path/to/python3.11"
"$PYTHON" -c 'import ensurepip' 2>/dev/null || apt_install "Python's venv module" python3-venv
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
echo "winnow: installing $lock into .venv"
# The lock is complete. Left to resolve `coverage[toml]` again, the pip that Python 3.11 brings takes the newest, for which
# there is no hash.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .

# LightGBM's wheel links GNU's OpenMP runtime, which a slim Debian lacks.
.venv/bin/python -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null ||
    [ "$(uname -s)" != Linux ] || apt_install "libgomp, which LightGBM needs," libgomp1
if [ "$1" = dev ] && ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    apt_install "PostgreSQL, which the tests start," postgresql
fi
if [ "$1" = dev ] && ! command -v lt-proc >/dev/null; then
    (apt_install "Apertium, which the tests of back-translation run," apertium apertium-eng-spa) ||
        echo "winnow: without it these tests are skipped"
fi
