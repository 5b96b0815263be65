/**
 * What a run asks of the host as a plain script: abra's verbs, git, and looks at the engine through its socket at the
 * run's pace. Nobody watches over it. `D` is its app's number, six digits of hexadecimal. For a real Swarm, PLAIN_ROOT is
 * a folder of its own, and PLAIN_ZONE, PLAIN_DOCKER and PLAIN_SOCKET are the Swarm's.
 */
export const plainScript = `
set -e
dir=\${PLAIN_ROOT:-$RECIPE_CI_SANDBOX}/plain-$D; export ABRA_DIR=$dir/abra CCCI_DOCKER=\${PLAIN_DOCKER:-$PWD/sandbox/bin/docker}
abra=$PWD/sandbox/bin/abra d=echo-$D.\${PLAIN_ZONE:-sandbox.localhost}; s=$(echo $d | tr . _)
mkdir -p $ABRA_DIR/servers/default $ABRA_DIR/recipes
ask() { curl --silent --globoff --unix-socket $socket "http://docker/v1.41$1"; }
stack="filters={%22label%22:[%22com.docker.stack.namespace=$s%22]}"
list() { ask "/services?$stack"; ask "/tasks?$stack"; ask "/containers/json?all=1&$stack"; ask "/volumes?$stack"; ask "/secrets?$stack"; ask "/configs?$stack"; ask "/networks?$stack"; }
port() { ask "/containers/json?$stack" | grep -o '"PublicPort": *[0-9]*' | grep -o '[0-9]*' | head -1; }
{
  $CCCI_DOCKER version
  socket=\${PLAIN_SOCKET:-$(grep -o '"socket": *"[^"]*"' $RECIPE_CI_SANDBOX/engine.json | cut -d'"' -f4)}
  ask /info; $abra --version & $abra app ls --machine -n -o & list; wait
  examples/lay-out.sh echo $dir/repository
  git clone -q $dir/repository $ABRA_DIR/recipes/echo
  list
  $abra app new echo -n -o -C --server=default --domain=$d
  $abra app secret generate $d --all -n -o -C
  ask /images/local/echo-app:1.0.0/json
  $abra app deploy $d -n -o -C -D -c
  until ask "/services?status=true&$stack" | grep -q '"RunningTasks": *1'; do sleep 0.2; done
  address=http://127.0.0.1:$(port)
  for once in 1 2; do
    until curl --silent --output "$dir/answer" $address; do sleep 0.2; done
    [ $once = 2 ] || sleep 0.2
  done
  list
  CCCI_BASE_URL=$address node examples/operator/echo/tests/custom/10-echo
  $abra app undeploy $d -n -o
  while ask "/services?$stack" | grep -q '"ID"' || ask "/containers/json?all=1&$stack" | grep -q '"Id"'; do sleep 0.2; done
  $abra app volume remove $d -n -o; $abra app secret remove $d --all -n -o -C; $abra app remove $d -n -o
  list
} >/dev/null
`;
