#!/usr/bin/env bash
# One run with every report a job has a use for; ends with the exit code of stress.
set -uo pipefail

# Words with quotes as in a shell, each ended by a NUL; nothing is expanded or run.
split() {
  printf '%s' "$1" | xargs -r printf '%s\0'
}

fail() {
  echo "::error::stress: $1"
  exit 2
}

# What read_words reads.
words=()
read_words() {
  local list
  list=$(mktemp)
  words=()
  split "$2" >"$list" || fail "the input $1 has a quote that is not closed"
  while IFS= read -r -d '' word; do words+=("$word"); done <"$list"
  rm -f "$list"
}

case "$IN_OUTPUT" in
'' | *$'\n'*) fail 'the input output is no folder' ;;
esac
mkdir -p "$IN_OUTPUT" || fail 'the folder of the input output cannot be made'
folder=$(cd "$IN_OUTPUT" && pwd)

arguments=(run)
[ -z "$IN_URL" ] || arguments+=(--url "$IN_URL")
read_words args "$IN_ARGS"
arguments+=(${words[@]+"${words[@]}"})
while IFS= read -r line; do
  [ -z "${line//[[:space:]]/}" ] || arguments+=(--threshold "$line")
done <<<"$IN_THRESHOLDS"
while IFS= read -r line; do
  [ -z "${line//[[:space:]]/}" ] || arguments+=(--baseline "$line")
done <<<"$IN_BASELINE"
for format in json md xml html; do arguments+=(-o "$folder/stress.$format"); done
read_words command "$IN_COMMAND"
[ ${#words[@]} -eq 0 ] || arguments+=(-- "${words[@]}")

"$IN_STRESS" "${arguments[@]}"
status=$?

{
  echo "exit-code=$status"
  # After wrong usage there are none.
  if [ -f "$folder/stress.json" ]; then
    echo "folder=$folder"
    echo "json=$folder/stress.json"
    echo "markdown=$folder/stress.md"
    echo "junit=$folder/stress.xml"
    echo "html=$folder/stress.html"
  fi
} >>"$GITHUB_OUTPUT"
exit "$status"
