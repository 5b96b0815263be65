#!/bin/sh
# Lays an example out as a recipe's git repository: lay-out.sh RECIPE TARGET
#
# One commit and one annotated tag for each version folder, in their order. The same bytes each time, so the same
# commits; made beside its place and renamed into it, so that two at once do no harm.
set -eu
recipe=$1 target=$2
here=$(cd "$(dirname "$0")" && pwd -P)/recipes/$recipe
[ -d "$here" ] || { echo "no example is called $recipe" >&2; exit 2; }
[ -d "$target/.git" ] && exit 0

scratch=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=example GIT_AUTHOR_EMAIL=example@localhost GIT_COMMITTER_NAME=example GIT_COMMITTER_EMAIL=example@localhost
git -C "$scratch" init --quiet --initial-branch=main
day=1
for version in "$here"/*/; do
  name=$(basename "$version")
  GIT_AUTHOR_DATE="2026-01-0${day}T12:00:00Z" GIT_COMMITTER_DATE="2026-01-0${day}T12:00:00Z"
  export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
  git -C "$scratch" rm --quiet -r --ignore-unmatch . >/dev/null
  cp -R "$version." "$scratch/"
  git -C "$scratch" add --all
  git -C "$scratch" commit --quiet --message "Release $name"
  git -C "$scratch" tag --annotate --message "$name" "$name"
  day=$((day + 1))
done
mv -T "$scratch" "$target" 2>/dev/null || [ -d "$target/.git" ]
