#!/usr/bin/env bash
# The report as one comment on the pull request: the one of an earlier run is updated, found by a mark that no reader sees.
set -euo pipefail

mark="<!-- stress: ${IN_NAME//[^A-Za-z0-9 ._]/} -->"
body=$(mktemp)
{ echo "$mark"; cat "$IN_MARKDOWN"; } >"$body"

comments="repos/$GITHUB_REPOSITORY/issues/$IN_PULL_REQUEST/comments"
# Only a robot's: anybody may write a comment that begins so.
id=$(gh api --paginate "$comments?per_page=100" |
  jq -r --arg mark "$mark" '.[] | select(.user.type == "Bot" and (.body | startswith($mark))) | .id' | tail -n 1)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$body"
else
  gh api --silent --method POST "$comments" -F "body=@$body"
fi
