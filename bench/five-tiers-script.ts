/**
 * What a run through all five tiers asks of the sandbox, as a plain script: the guestbook's base, its upgrade, a backup
 * and a restore, with the operator's own hooks and tests. It waits until all is running and no longer, puts no markers
 * into volumes and watches nothing. `D` is its app's number, six digits of hexadecimal.
 */
export const fiveTiersScript = `
set -e
dir=$RECIPE_CI_SANDBOX/plain-$D; export ABRA_DIR=$dir/abra CCCI_DOCKER=$PWD/sandbox/bin/docker CCCI_RUN_ID=plain
abra=$PWD/sandbox/bin/abra d=gues-$D.sandbox.localhost; s=$(echo $d | tr . _)
recipe=$ABRA_DIR/recipes/guestbook own=$PWD/examples/operator/guestbook
mkdir -p $ABRA_DIR/servers/default $ABRA_DIR/recipes
ask() { curl --silent --globoff --unix-socket $socket "http://docker/v1.41$1"; }
stack="filters={%22label%22:[%22com.docker.stack.namespace=$s%22]}"
list() { ask "/services?$stack"; ask "/tasks?$stack"; ask "/containers/json?all=1&$stack"; ask "/volumes?$stack"; ask "/secrets?$stack"; ask "/configs?$stack"; ask "/networks?$stack"; }
running() { ask "/services?status=true&$stack" | grep -o '"RunningTasks": *1' | wc -l; }
up() {
  until [ $(running) = 2 ]; do sleep 0.2; done
  port=$(ask "/containers/json?$stack" | grep -o '"PublicPort": *[0-9]*' | grep -o '[0-9]*' | head -1)
  export CCCI_BASE_URL=http://127.0.0.1:$port
  for once in 1 2; do
    until curl --silent --output "$dir/answer" $CCCI_BASE_URL; do sleep 0.2; done
    [ $once = 2 ] || sleep 0.2
  done
}
{
  $CCCI_DOCKER version
  socket=$(grep -o '"socket": *"[^"]*"' $RECIPE_CI_SANDBOX/engine.json | cut -d'"' -f4)
  ask /info; $abra --version & $abra app ls --machine -n -o & list; wait
  examples/lay-out.sh guestbook $dir/repository
  git clone -q $dir/repository $recipe
  list
  git -C $recipe checkout -q 0.2.0+1.1.0
  $abra app new guestbook -n -o -C --server=default --domain=$d
  $abra app secret generate $d --all -n -o -C
  $abra app deploy $d -n -o -C -D -c
  up; list
  $own/pre_upgrade
  git -C $recipe checkout -q main
  echo 'TITLE="The guestbook"' >>$ABRA_DIR/servers/default/$d.env
  echo 'SECRET_SESSION_VERSION=v1  # length=32' >>$ABRA_DIR/servers/default/$d.env
  $abra app secret generate $d session v1 -n -o -C
  $abra app deploy $d -n -o -C -D -c --force
  until [ $(ask "/services?$stack" | grep -o '"State": *"completed"' | wc -l) = 2 ]; do sleep 0.2; done
  up; list
  $own/tests/upgrade/10-nothing-is-lost
  $own/pre_backup
  $abra app backup create $d -n -o
  $own/backup-has-the-dump
  $own/pre_restore
  $abra app restore $d --hooks -n -o
  up
  $own/tests/restore/10-everything-is-back
  $own/tests/custom/10-sign
  list
  $abra app undeploy $d -n -o
  while ask "/services?$stack" | grep -q '"ID"' || ask "/containers/json?all=1&$stack" | grep -q '"Id"'; do sleep 0.2; done
  $abra app volume remove $d -n -o; $abra app secret remove $d --all -n -o -C; $abra app remove $d -n -o
  list
} >/dev/null
`;
