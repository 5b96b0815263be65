import { shellWords } from "./shell-words.js";

/**
 * A plain shell script that asks of the host what a run through all five tiers asks: the guestbook's base version, its
 * upgrade, a backup and a restore, with the operator's own hooks and tests. It goes on as soon as all tasks are running,
 * puts no markers into volumes and watches nothing. `D` and PLAIN_… are as in `plainScript`.
 */
export const fiveTiersScript = `
set -e
dir=\${PLAIN_ROOT:-$RECIPE_CI_SANDBOX}/plain-$D; export ABRA_DIR=$dir/abra CCCI_DOCKER=\${PLAIN_DOCKER:-$PWD/sandbox/bin/docker} CCCI_RUN_ID=plain
abra=$PWD/sandbox/bin/abra d=gues-$D.\${PLAIN_ZONE:-sandbox.localhost}; s=$(echo $d | tr . _)
recipe=$ABRA_DIR/recipes/guestbook own=$PWD/examples/operator/guestbook
mkdir -p $ABRA_DIR/servers/default $ABRA_DIR/recipes
${shellWords}running() { ask "/services?status=true&$stack" | grep -o '"RunningTasks": *1' | wc -l; }
up() {
  until [ $(running) = 2 ]; do sleep 0.2; done
  export CCCI_BASE_URL=http://127.0.0.1:$(port)
  answers $CCCI_BASE_URL
}
{
  first
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
  last
} >/dev/null
`;
