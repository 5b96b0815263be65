#!/bin/sh
# Asks godotenv itself how each of our .env texts is read, and writes its answers down for the tests.
# Needs go and the Go module proxy; the tests need neither. Run it after a change of inputs.js.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
vectors=$here/tests/effects/abra/env-vectors
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$vectors/main.go.txt" "$work/main.go"
cd "$work"
go mod init env-vectors >/dev/null 2>&1
go get github.com/joho/godotenv@v1.5.1 >/dev/null 2>&1
node "$vectors/inputs.js" >inputs.json
go run . <inputs.json >"$vectors/answers.json"
