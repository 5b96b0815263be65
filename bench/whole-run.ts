import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Row } from "./row.js";

const rounds = 7;

/** A plain script of what a run asks of the host: the same commands at the same pace, and nobody watches over them. */
const script = `
set -e
dir=$RECIPE_CI_SANDBOX/plain; export ABRA_DIR=$dir/abra CCCI_DOCKER=$PWD/sandbox/bin/docker
docker=$CCCI_DOCKER abra=$PWD/sandbox/bin/abra d=echo-abcdef.sandbox.localhost s=echo-abcdef_sandbox_localhost
mkdir -p $ABRA_DIR/servers/default $ABRA_DIR/recipes
list() { for kind; do $docker $kind ls --format '{{json .}}' & done; wait; }
all="service container volume secret config network"
update() { $docker service inspect \${s}_app & $docker service ps --no-trunc --format '{{json .}}' \${s}_app & wait; }
address() {
  $docker service inspect \${s}_app >/dev/null
  id=$($docker container ls --no-trunc --filter label=com.docker.swarm.service.name=\${s}_app --format '{{json .}}' | grep -o '"ID":"[^"]*"' | cut -d'"' -f4)
  port=$($docker container inspect $id | grep -o '"HostPort": "[0-9]*"' | grep -o '[0-9]*')
}
{
  $docker info --format '{{json .}}' & $abra --version & $abra app ls --machine -n -o & list $all
  examples/lay-out.sh echo $dir/repository
  git clone -q $dir/repository $ABRA_DIR/recipes/echo
  list $all
  $abra app new echo -n -o -C --server=default --domain=$d
  $abra app secret generate $d --all -n -o -C
  $docker image inspect local/echo-app:1.0.0
  $abra app deploy $d -n -o -C -D -c
  until $docker service ls --format '{{json .}}' | grep -q '"1/1"'; do update; sleep 0.25; done
  update
  for once in 1 2; do
    address
    until curl --silent --output "$dir/answer" http://127.0.0.1:$port; do sleep 0.2; done
    [ $once = 2 ] || sleep 0.2
  done
  list service; update; address
  CCCI_BASE_URL=http://127.0.0.1:$port node examples/operator/echo/tests/custom/10-echo
  $abra app undeploy $d -n -o
  while [ -n "$(list service container network)" ]; do sleep 0.25; done
  $abra app volume remove $d -n -o; $abra app secret remove $d --all -n -o -C; $abra app remove $d -n -o
  list $all; list $all
} >/dev/null
`;

const timed = (file: string, args: readonly string[]): number => {
  const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  const { PATH, HOME } = process.env;
  const began = performance.now();
  const { status, stderr, stdout } = spawnSync(file, args, { env: { PATH, HOME, RECIPE_CI_SANDBOX: root }, encoding: "utf8" });
  const took = performance.now() - began;
  rmSync(root, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${file} failed: ${stdout}${stderr}`);
  return took;
};

/** A whole run in the sandbox beside a script of the same commands. */
export const wholeRun = async (): Promise<readonly Row[]> => {
  const [ours, plain]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(timed("sh", ["-c", script]));
    ours.push(timed("bin/recipe-ci", ["run", "echo", "--sandbox"]));
  }
  return [{ name: "whole run in the sandbox", ours: median(ours), against: "a plain script of the same commands", reference: median(plain), unit: "ms", goal: { kind: "more", most: 150 } }];
};
