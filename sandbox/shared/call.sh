# shellcheck shell=sh
# Hands what a stand-in tool was called with to the sandbox's engine, and starts that where there is none. Sourced by
# bin/docker and bin/abra, with `tool` set; the engine's door/door.ts says what is told and answered. On the usual way not a
# single process is started.

# Nobody else may write what the engine runs, whatever our caller's umask.
umask go-w

root=${RECIPE_CI_SANDBOX-}
if [ -z "$root" ]; then
  echo "RECIPE_CI_SANDBOX is not set: this is a stand-in, and it needs a folder for its world" >&2
  exit 125
fi
case $root in /*) ;; *) root=$PWD/$root ;; esac
door=$root/engine/desks/door

# The engine says by closing its stdout that it can be asked. Nothing of our environment is in its own: it outlives us,
# and must not pass for a child of whoever calls us. The kernel's lock is taken before node starts, and stays with it: of
# many first callers one pays for a start, and the others look again in a moment.
start_engine() {
  if [ -z "$engine" ]; then
    self=$(readlink -f "$0")
    engine=${self%/sandbox/bin/*}/dist/sandbox/engine-main.cjs
    mkdir -p "$root" && mkdir -p -m 700 "$root/engine" || exit 125
  fi
  : "$(cd / && exec 3>&- && flock --nonblock --no-fork "$root/engine/lock" \
    env -i PATH="$PATH" SANDBOX_ENGINE="$root" setsid node "$engine" </dev/null 2>>"$root/engine.log" &)"
}

# Whoever makes the file has the desk. Our end of the FIFO is one that only reads: an engine that is no more is its end.
take_desk() {
  for desk in "$root"/engine/desks/*; do
    { echo $$ >"$desk/taken"; } 2>/dev/null || continue
    { command exec 4<>"$desk/answer" 5<"$desk/answer" 4>&-; } 2>/dev/null || continue
    return 0
  done
  return 1
}

set -C
engine=
tries=0
while [ "$tries" -lt 200 ]; do
  tries=$((tries + 1))
  if take_desk; then
    { echo "${desk##*/} $$ $tool" 1<>"$door"; } 2>/dev/null
    accepted=
    while IFS= read -r line <&5; do eval "$line"; done
    if [ -n "$accepted" ]; then
      echo "error during connect: the sandbox's engine ended in the middle of this. Is the docker daemon running?" >&2
      exit 1
    fi
    start_engine
  else
    start_engine
    [ "$tries" -gt 1 ] && sleep 0.05
  fi
done
echo "Cannot connect to the Docker daemon of the sandbox in $root. Is the docker daemon running? $root/engine.log may say more" >&2
exit 1
