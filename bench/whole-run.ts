import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Row } from "./row.js";

const rounds = 5;

/** A plain script of what a run does to the host: the same programs, one after the other, and nothing watched. */
const script = `
set -e
dir=$RECIPE_CI_SANDBOX/plain; export ABRA_DIR=$dir/abra CCCI_DOCKER=$PWD/sandbox/bin/docker
docker=$CCCI_DOCKER abra=$PWD/sandbox/bin/abra d=echo-abcdef.sandbox.localhost s=echo-abcdef_sandbox_localhost
mkdir -p $ABRA_DIR/servers/default $ABRA_DIR/recipes
examples/lay-out.sh echo $dir/repository
$docker info --format '{{json .}}' >/dev/null; $abra --version >/dev/null
git clone -q $dir/repository $ABRA_DIR/recipes/echo
list() { for kind in service "container" volume secret config network; do $docker $kind ls --format '{{json .}}' & done; wait; }
list >/dev/null
$abra app new echo -n -o -C --server=default --domain=$d >/dev/null
$abra app secret generate $d --all -n -o -C >/dev/null
$docker image inspect local/echo-app:1.0.0 >/dev/null
$abra app deploy $d -n -o -C -D -c >/dev/null
until $docker service ls --format '{{json .}}' | grep -q '"1/1"'; do sleep 0.2; done
$docker service inspect \${s}_app >/dev/null; $docker service ps --no-trunc --format '{{json .}}' \${s}_app >/dev/null
id=$($docker container ls --no-trunc --format '{{json .}}' | grep -o '"ID":"[^"]*"' | cut -d'"' -f4)
port=$($docker container inspect $id | grep -o '"HostPort": "[0-9]*"' | grep -o '[0-9]*')
CCCI_BASE_URL=http://127.0.0.1:$port node examples/operator/echo/tests/custom/10-echo
$abra app undeploy $d -n -o >/dev/null
while [ -n "$($docker container ls -a --format '{{json .}}')" ]; do sleep 0.2; done
$abra app volume remove $d -n -o >/dev/null; $abra app secret remove $d --all -n -o -C >/dev/null; $abra app remove $d -n -o >/dev/null
list >/dev/null
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
