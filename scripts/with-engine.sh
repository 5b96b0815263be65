#!/bin/sh
# Runs a command against another Docker Engine than this machine's: with its programs first on PATH, and network, /run and
# the Engine's own folders of its own, so that both can be up. Needs root. The Swarm's suites start the dockerd themselves.
#
#   sh scripts/with-engine.sh FOLDER npm run test:swarm
#
# FOLDER has the programs in usr/bin and usr/sbin, as `dpkg -x` leaves them of the packages docker.io, docker-cli and
# containerd of a newer release; the images and the Swarm stay in FOLDER/state. runc is this machine's.
set -eu

[ $# -ge 2 ] || { echo "usage: sh scripts/with-engine.sh FOLDER COMMAND…" >&2; exit 2; }
folder=$(cd -P "$1" && pwd -P)
shift
[ -x "$folder/usr/sbin/dockerd" ] || [ -x "$folder/usr/bin/dockerd" ] || { echo "$folder has no usr/sbin/dockerd and no usr/bin/dockerd" >&2; exit 2; }

engine_folders="/var/lib/docker /var/lib/containerd"
for at in $engine_folders; do mkdir -p "$at" "$folder/state$at"; done
unset DOCKER_HOST DOCKER_CONTEXT
PATH=$folder/usr/bin:$folder/usr/sbin:$PATH
export PATH

# shellcheck disable=SC2016  # it is the inner shell that takes them
exec unshare --net --mount --propagation private sh -euc '
  state=$1 engine_folders=$2
  shift 2
  ip link set lo up
  mount -t tmpfs tmpfs /run
  mkdir /run/lock
  for at in $engine_folders; do mount --bind "$state$at" "$at"; done
  exec "$@"
' sh "$folder/state" "$engine_folders" "$@"
