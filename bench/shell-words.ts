/** Shell functions of the plain scripts. They ask the engine at `$socket` about the stack `$s` with curl, as a run does. */
export const shellWords = `
ask() { curl --silent --globoff --unix-socket $socket "http://docker/v1.41$1"; }
stack="filters={%22label%22:[%22com.docker.stack.namespace=$s%22]}"
list() { ask "/services?$stack"; ask "/tasks?$stack"; ask "/containers/json?all=1&$stack"; ask "/volumes?$stack"; ask "/secrets?$stack"; ask "/configs?$stack"; ask "/networks?$stack"; }
port() { ask "/containers/json?$stack" | grep -o '"PublicPort": *[0-9]*' | grep -o '[0-9]*' | head -1; }
answers() {
  for once in 1 2; do
    until curl --silent --output "$dir/answer" $1; do sleep 0.2; done
    [ $once = 2 ] || sleep 0.2
  done
}
first() {
  $CCCI_DOCKER version
  socket=\${PLAIN_SOCKET:-$(grep -o '"socket": *"[^"]*"' $RECIPE_CI_SANDBOX/engine.json | cut -d'"' -f4)}
  ask /info; $abra --version & $abra app ls --machine -n -o & list; wait
}
last() {
  $abra app undeploy $d -n -o
  while ask "/services?$stack" | grep -q '"ID"' || ask "/containers/json?all=1&$stack" | grep -q '"Id"'; do sleep 0.2; done
  $abra app volume remove $d -n -o; $abra app secret remove $d --all -n -o -C; $abra app remove $d -n -o
  list
}
`;
