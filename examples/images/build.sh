#!/bin/sh
# Builds the examples' images FROM scratch with the given docker: build.sh [DOCKER]
#
# No registry is needed: the base is the host's own node binary with the libraries that it is linked to.
set -eu
docker=${1:-docker}
here=$(cd "$(dirname "$0")" && pwd -P)
node=$(readlink -f "$(command -v node)")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A program of the host, and the libraries that it is linked to, below a folder.
with_libraries() {
  cp -L "$1" "$2/bin/"
  ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$2$(dirname "$library")"
    cp -L "$library" "$2$library"
  done
}

has() { $docker image inspect "$1" >/dev/null 2>&1; }

base=local/node:$(node --version | tr -d v)
if ! has "$base"; then
  mkdir -p "$scratch/base/bin" "$scratch/base/tmp"
  with_libraries "$node" "$scratch/base"
  printf 'FROM scratch\nCOPY . /\nENV PATH=/bin\n' >"$scratch/base/Dockerfile"
  DOCKER_BUILDKIT=0 $docker build --quiet --tag "$base" "$scratch/base" >/dev/null 2>&1
fi

for image in "$here"/*/; do
  name=$(basename "$image")
  tags=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).tags.join(" ")' "$image/image.json")
  command=$(node -p 'JSON.stringify(JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).command)' "$image/image.json")
  # A few have a shell, for what is run inside of them: the host's own.
  shell=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).shell === true ? "yes" : ""' "$image/image.json")
  sum=$(cat "$image"* | cksum | cut -d' ' -f1)
  for tag in $tags; do
    [ "$($docker image inspect --format '{{index .Config.Labels "sum"}}' "local/$name:$tag" 2>/dev/null)" = "$sum" ] && continue
    mkdir -p "$scratch/$name/root/app" "$scratch/$name/root/bin" && cp "$image"*.js "$scratch/$name/root/app/"
    [ -z "$shell" ] || with_libraries /bin/sh "$scratch/$name/root"
    printf 'FROM %s\nLABEL sum=%s\nCOPY root/ /\nWORKDIR /app\nCMD %s\n' "$base" "$sum" "$command" >"$scratch/$name/Dockerfile"
    DOCKER_BUILDKIT=0 $docker build --quiet --tag "local/$name:$tag" "$scratch/$name" >/dev/null 2>&1 || { echo "could not build local/$name:$tag" >&2; exit 1; }
  done
done
