#!/usr/bin/env bash
# The project's own stress when it has one, else that of the checkout which this action stands in.
set -euo pipefail

if [ -x node_modules/.bin/stress ]; then
  stress="$PWD/node_modules/.bin/stress"
else
  root=$(cd "$GITHUB_ACTION_PATH/../.." && pwd)
  # Builds it, too.
  [ -f "$root/dist/bin.js" ] || npm ci --prefix "$root" --no-audit --no-fund
  stress="$root/dist/bin.js"
fi
echo "stress=$stress" >>"$GITHUB_OUTPUT"
