# shellcheck shell=sh
# Makes a fresh clone runnable: packages, then dist. Sourced by the launcher, and run as a program before the tests.
#
# Judged by stamps that are written last, so a set-up that was killed is done again; each names what it was made from,
# so a changed source is noticed. Two at once wait for each other. Everything it says goes to stderr.
#
#   set-up.sh             sets up for the tests: every package and dist
#   set-up.sh --stamp     prints what dist has to be made from
#   set-up.sh --sources   prints the files that the stamp covers

# Contents, not times: a restored cache or an older commit has whatever times it likes. One process for all files; the
# build refuses an input that no pattern here covers. A pattern without a match stays as it is, and cksum passes it over.
# -P, since the folder may come through a link and end in `..`. Becomes the command it is given: call it in a subshell.
sources() {
  LC_ALL=C
  export LC_ALL
  cd -P "$1" && exec "$2" package.json package-lock.json scripts/*.* src/*.* src/*/*.* src/*/*/*.* src/*/*/*/*.* \
    sandbox/*.* sandbox/*/*.* sandbox/*/*/*.* tests/contract/*.* tests/support/children.ts tests/support/signal.ts 2>/dev/null
}

stamp_of() { sources "$1" cksum | cksum; }

# Needs no process beside the two of the sum: the launcher asks this each time.
dist_is_fresh() {
  made_from=
  [ -r "$1/dist/stamp" ] && read -r made_from <"$1/dist/stamp"
  [ -n "$made_from" ] && [ "$made_from" = "$(stamp_of "$1")" ]
}

# npm writes its own list last of all, ours follows. Older than the lock file: the packages of another commit.
packages_are_complete() {
  [ -d "$1/node_modules/esbuild" ] || return 1
  if [ -f "$1/node_modules/.recipe-ci-stamp" ]; then
    [ "$(cksum <"$1/package-lock.json")" = "$(cat "$1/node_modules/.recipe-ci-stamp")" ]
  else
    [ -f "$1/node_modules/.package-lock.json" ] && ! [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]
  fi
}

say() { echo "recipe-ci: $*" >&2; }

# V8 ends itself by SIGTRAP or SIGABRT if it gets no memory, mostly before the program has begun.
node_had_no_memory() {
  case $1 in 133 | 134) ;; *) return 1 ;; esac
  say "node ended itself (code $1), mostly for want of memory or of threads: see ulimit -v, ulimit -u and the limits of the container. If a run had begun: recipe-ci janitor"
}

# What NODE_OPTIONS asks for is done before the program begins. Where node cannot, it ends with 1, which would be taken for
# the recipe's failure, or with 9; it has said itself what it lacks. The variable may be secret, so only its name is told.
node_options_are_unusable() {
  case $1 in 1 | 9) ;; *) return 1 ;; esac
  if [ -z "${NODE_OPTIONS-}" ] || node -e 0 >/dev/null 2>&1; then return 1; fi
  say "node does not start with the NODE_OPTIONS of this environment, see above. Correct the variable, or unset it."
}

node_is_enough() {
  command -v node >/dev/null 2>&1 || {
    say "node is not on PATH. Install Node 20.19 or newer."
    return 69
  }
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' && return
  code=$?
  node_had_no_memory "$code" || node_options_are_unusable "$code" || say "node $(node --version) is too old. Install Node 20.19 or newer."
  return 69
}

install_packages() {
  command -v npm >/dev/null 2>&1 || {
    say "npm is not on PATH. Install it beside node: the packages are fetched with it, once."
    return 69
  }
  say "installing packages (once)"
  # npm clears the folder in no order: the marks of a complete one must not be what a kill leaves.
  rm -f "$1/node_modules/.recipe-ci-stamp" "$1/node_modules/.package-lock.json"
  (
    cd -P "$1" || exit
    # Without Node's headers at hand node-gyp would fetch them, and drop fs-ext silently where it cannot.
    prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
    if [ -d "$prefix/include/node" ]; then
      npm_config_nodedir=$prefix
      export npm_config_nodedir
    fi
    npm ci --include=dev --no-audit --no-fund --no-update-notifier --loglevel=error >&2
  ) || {
    say "npm ci failed, see above. Set-up needs the package registry once; run the same command again when it can be reached."
    return 69
  }
  cksum <"$1/package-lock.json" >"$1/node_modules/.recipe-ci-stamp"
}

set_up_now() {
  packages_are_complete "$1" || install_packages "$1" || return
  dist_is_fresh "$1" && return
  (cd -P "$1" && node scripts/build.js >&2) || {
    say "the build failed, see above."
    return 70
  }
}

# The lock outlives a killed launcher for as long as its npm lives: two of them in one folder would spoil it.
set_up_alone() {
  (
    flock -n 7 || {
      say "another set-up is at work here, waiting for it"
      flock 7 || exit 69
    }
    set_up_now "$1"
  ) 7>"$1/.set-up.lock"
}

# Asked first, and without the lock. The program needs dist alone; the tests need every package as well.
is_ready() {
  dist_is_fresh "$1" && { [ "$2" = program ] || packages_are_complete "$1"; }
}

# npm and the build begin in the clone: a relative name would there be another folder's, or nobody's.
temporary_is_usable() {
  TMPDIR=${TMPDIR:-${TMP:-${TEMP:-/tmp}}}
  case $TMPDIR in /*) ;; *) TMPDIR=$PWD/$TMPDIR ;; esac
  export TMPDIR
  [ -d "$TMPDIR" ] && [ -w "$TMPDIR" ] && return
  say "set-up can put nothing into $TMPDIR. Set TMPDIR to a folder that you may write to."
  return 69
}

# set_up FOLDER program|tests
set_up() {
  is_ready "$1" "$2" && return
  node_is_enough || return
  temporary_is_usable || return
  if ! (: >>"$1/.set-up.lock") 2>/dev/null; then
    say "$1 must be set up and cannot be written. Run it once as a user who may."
    return 69
  fi
  if command -v flock >/dev/null 2>&1; then set_up_alone "$1"; else set_up_now "$1"; fi
}

case ${0##*/} in
  set-up.sh)
    here=$(cd -P "${0%/*}/.." && pwd -P) || exit
    case ${1-} in
      --stamp) stamp_of "$here" ;;
      --sources) (sources "$here" ls) || : ;;
      *) set_up "$here" tests ;;
    esac
    ;;
esac
