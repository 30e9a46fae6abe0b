# shellcheck shell=bash
# Helpers of the scripts in this folder. Sourced, not run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LOCK=$ROOT/scripts/lock
# Everything that is downloaded or unpacked goes below this one folder.
PIPEC_CACHE=${PIPEC_CACHE:-${HOME:-/tmp}/.cache/pipec}
# Two clones of one tree, wherever they lie, compile each file once.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
MAVEN_DEPENDENCY=org.apache.maven.plugins:maven-dependency-plugin:3.6.1

log() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { log "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "needs root (or sudo) for: $*"
  fi
}

# lock_hash FILE...: one short name for the contents of lock files; it names a folder of the cache.
lock_hash() { cat "$@" | sha256sum | cut -c1-16; }

# lock_lines FILE: the entries of a lock file, without comments and blank lines.
lock_lines() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$1"; }

# apt_install FILE...: installs what is missing of the packages listed; asks no mirror when nothing is.
apt_install() {
  local want=() missing=() name
  for file in "$@"; do
    while read -r name; do want+=("$name"); done < <(lock_lines "$file")
  done
  for name in "${want[@]}"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  log "installing ${missing[*]}"
  # A foreign repository in sources.list that does not answer must not stop us: the install below decides.
  as_root apt-get update -qq || log "apt-get update had errors"
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# quietly COMMAND...: what it says is shown only when it fails.
quietly() {
  local said; said=$(mktemp)
  if ! "$@" >"$said" 2>&1; then
    cat "$said" >&2
    rm -f "$said"
    die "failed: $*"
  fi
  rm -f "$said"
}

# mvn_run GOAL...: Maven with a repository of its own inside the cache and a small heap.
mvn_run() {
  MAVEN_OPTS="${MAVEN_OPTS:-} -Xmx256m" quietly mvn -q -B -Dmaven.repo.local="$PIPEC_CACHE/m2" "$@"
}

# consumer_python FILE ARGUMENT...: a program of ours on the real consumers, once pipec is built and they are installed.
consumer_python() {
  "$ROOT/scripts/build" release pipec >&2
  "$ROOT/scripts/install-consumers" >/dev/null
  export PIPEC_CONSUMERS=${PIPEC_CONSUMERS:-$("$ROOT/scripts/consumers-dir")} PIPEC=${PIPEC:-$ROOT/build/release/cli/pipec}
  unset PYTHONPATH PYTHONHOME SPARK_HOME SPARK_CONF_DIR HADOOP_CONF_DIR
  PYTHONDONTWRITEBYTECODE=1 "$PIPEC_CONSUMERS/venv/bin/python" "$@"
}

# with_lock NAME COMMAND...: two of these scripts at once wait for each other.
with_lock() {
  local name=$1; shift
  mkdir -p "$PIPEC_CACHE"
  (flock 9; "$@") 9>"$PIPEC_CACHE/$name.lock"
}
