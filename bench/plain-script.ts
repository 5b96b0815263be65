import { shellWords } from "./shell-words.js";

/**
 * A plain shell script that asks of the host what a run asks: abra's verbs, git, and requests to the engine's socket as
 * often as a run makes them. Nothing supervises it. `D`: the number in its app's name, six hexadecimal digits. On a real
 * Swarm, PLAIN_ROOT is the script's own folder, and PLAIN_ZONE, PLAIN_DOCKER and PLAIN_SOCKET belong to the Swarm.
 */
export const plainScript = `
set -e
dir=\${PLAIN_ROOT:-$RECIPE_CI_SANDBOX}/plain-$D; export ABRA_DIR=$dir/abra CCCI_DOCKER=\${PLAIN_DOCKER:-$PWD/sandbox/bin/docker}
abra=$PWD/sandbox/bin/abra d=echo-$D.\${PLAIN_ZONE:-sandbox.localhost}; s=$(echo $d | tr . _)
mkdir -p $ABRA_DIR/servers/default $ABRA_DIR/recipes
${shellWords}{
  first
  examples/lay-out.sh echo $dir/repository
  git clone -q $dir/repository $ABRA_DIR/recipes/echo
  list
  $abra app new echo -n -o -C --server=default --domain=$d
  $abra app secret generate $d --all -n -o -C
  ask /images/local/echo-app:1.0.0/json
  $abra app deploy $d -n -o -C -D -c
  until ask "/services?status=true&$stack" | grep -q '"RunningTasks": *1'; do sleep 0.2; done
  address=http://127.0.0.1:$(port)
  answers $address
  list
  CCCI_BASE_URL=$address node examples/operator/echo/tests/custom/10-echo
  last
} >/dev/null
`;
