#!/bin/sh
# Runs a command as on a machine that was never used for this project: from a fresh clone of this checkout's last commit,
# with an empty HOME, no environment but what npm needs to reach its registry, and a PATH of only what the README names.
#
#   sh scripts/bare.sh [COMMAND…]      by default both commands of the README, `bin/recipe-ci demo` and `npm test`
#
# RECIPE_CI_BARE_NODE=FOLDER takes node and npm from there, RECIPE_CI_BARE_FOLDER=FOLDER keeps the world there, for a look
# afterwards; a world that is there already is used again.
set -eu

[ -z "${RECIPE_CI_BARE_NODE:-}" ] || [ -x "$RECIPE_CI_BARE_NODE/node" ] || { echo "$RECIPE_CI_BARE_NODE has no node" >&2; exit 2; }

checkout=$(cd -P "${0%/*}/.." && pwd -P)
world=${RECIPE_CI_BARE_FOLDER:-}
if [ -z "$world" ]; then
  world=$(mktemp -d "${TMPDIR:-/tmp}/recipe-ci-bare.XXXXXX")
  # Tests that run as another user go through it.
  chmod 711 "$world"
  trap 'rm -rf "$world"' EXIT
  trap 'exit 143' HUP INT TERM
fi

# What the README names; of the utilities those that anybody here would call.
named="node npm npx git sh flock ipcmk ipcrm ipcs mount prlimit script setpriv setsid umount unshare"
utilities="basename cat chmod chown cksum cp cut date dirname echo env expr false find grep head id kill ln ls mkdir mkfifo mknod mktemp mv printf
  pwd readlink rm rmdir sed sleep sort stat tail tar tee test touch tr true uname wc xargs"

if [ ! -d "$world/checkout" ]; then
  mkdir -p "$world/bin" "$world/home" "$world/tmp"
  for name in $named $utilities; do
    found=
    [ -z "${RECIPE_CI_BARE_NODE:-}" ] || found=$(PATH=$RECIPE_CI_BARE_NODE command -v "$name") || :
    found=${found:-$(command -v "$name")}
    # A shell's own word is no program; the file beside it is what a PATH offers.
    case $found in /*) ;; *) found=$(PATH=/usr/local/bin:/usr/bin:/bin which "$name") || continue ;; esac
    ln -s "$found" "$world/bin/$name"
  done
  git clone --quiet --no-hardlinks "$checkout" "$world/checkout"
fi

# npm's own settings of this host: which registry, through which proxy, trusting whom.
registry_settings() {
  env | grep -iE '^(npm_config_[a-z_]*|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)=' || :
  for key in registry cafile proxy https-proxy; do
    value=$(cd / && npm config get "$key")
    case $value in null | undefined | '') ;; *) echo "npm_config_$(echo "$key" | tr - _)=$value" ;; esac
  done
}

bare() {
  # Values have no blanks: addresses and paths.
  # shellcheck disable=SC2046
  (cd "$world/checkout" && env -i PATH="$world/bin" HOME="$world/home" TMPDIR="$world/tmp" $(registry_settings) "$@")
}

if [ $# -gt 0 ]; then
  bare "$@"
else
  bare bin/recipe-ci demo
  bare npm test
fi
