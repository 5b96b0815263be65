#!/bin/sh
# Builds the backup service's image FROM scratch with the given docker: build.sh [DOCKER]
#
# No registry is needed: it holds the host's own node and restic (apt-get install restic), with the libraries that they
# are linked to.
set -eu
docker=${1:-docker}
here=$(cd "$(dirname "$0")" && pwd -P)
image=local/backup:1.0.0
restic=$(command -v restic) || { echo "restic is not installed: apt-get install restic" >&2; exit 69; }
sum=$(cat "$here"/service/*.js "$restic" | cksum | cut -d' ' -f1)
[ "$($docker image inspect --format '{{index .Config.Labels "sum"}}' "$image" 2>/dev/null)" = "$sum" ] && exit 0

sh "$here/../images/build.sh" "$docker"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
mkdir -p "$root/bin" "$root/usr/bin" "$root/usr/lib/backup"
cp "$(readlink -f "$restic")" "$root/bin/restic"
ldd "$restic" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp "$here"/service/*.js "$root/usr/lib/backup/"
printf '#!/bin/node\nrequire("/usr/lib/backup/backup.js");\n' >"$root/usr/bin/backup"
chmod 755 "$root/usr/bin/backup"
cat >"$scratch/Dockerfile" <<DOCKERFILE
FROM local/node:$(node --version | tr -d v)
LABEL sum=$sum
COPY root/ /
CMD ["node", "-e", "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 1e9)"]
DOCKERFILE
DOCKER_BUILDKIT=0 $docker build --quiet --tag "$image" "$scratch" >/dev/null 2>&1 || { echo "could not build $image" >&2; exit 1; }
