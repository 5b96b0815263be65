#!/bin/sh
# Builds images that look like a public recipe's: its name and tag, its port, and nothing of what it does.
#   stand-in.sh NAME:TAG PORT…
#
# Inside: node, busybox, a server that answers 200 on each port, and whatever health checks and entrypoints like to call.
set -eu
image=$1
shift
node=$(node --version | tr -d v)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch/opt/app/dist/server" "$scratch/bin" "$scratch/usr/local/bin" "$scratch/opt/app/bin" "$scratch/tmp" "$scratch/var/run"
cp "$(command -v busybox)" "$scratch/bin/busybox"
cat >"$scratch/usr/local/bin/stand-in" <<'SH'
#!/bin/sh
exec node -e 'for (const port of process.env.STAND_IN_PORTS.split(" ")) require("http").createServer((q, s) => s.end("stand-in\n")).listen(Number(port), () => console.log("stand-in: listening on " + port)); process.on("SIGTERM", () => process.exit(0))'
SH
# By address: a static busybox cannot look names up.
cat >"$scratch/usr/local/bin/curl" <<'SH'
#!/bin/sh
for last; do :; done
exec busybox wget -q -O /dev/null "$(echo "$last" | busybox sed s/localhost/127.0.0.1/)"
SH
for ready in pg_isready mc mysqladmin healthcheck.sh; do printf '#!/bin/sh\nexit 0\n' >"$scratch/usr/local/bin/$ready"; done
for program in postgres mysqld nginx minio php-fpm traefik "node-app"; do printf '#!/bin/sh\nexec stand-in\n' >"$scratch/usr/local/bin/$program"; done
printf '#!/bin/sh\nexec stand-in\n' >"$scratch/opt/app/bin/bonfire"
printf 'require("child_process").spawn("stand-in", { stdio: "inherit" });\n' >"$scratch/opt/app/dist/server/index.js"
chmod +x "$scratch"/usr/local/bin/* "$scratch/opt/app/bin/bonfire"
cat >"$scratch/Dockerfile" <<EOF
FROM local/node:$node
COPY . /
RUN ["/bin/busybox", "--install", "-s", "/bin"]
ENV PATH=/usr/local/bin:/bin STAND_IN_PORTS="$*"
WORKDIR /opt/app
CMD ["stand-in"]
EOF
DOCKER_BUILDKIT=0 docker build --quiet --tag "$image" "$scratch" >/dev/null 2>&1 || DOCKER_BUILDKIT=0 docker build --tag "$image" "$scratch"
echo "$image"
