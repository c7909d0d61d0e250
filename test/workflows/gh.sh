#!/usr/bin/env bash
# Stands for GitHub's own command line in the tests of the workflows: knows the calls that they make,
# and refuses any other. GH_STATE is a folder with what it tells and what it was told.
set -euo pipefail
printf '%s\n' "$*" >> "$GH_STATE/calls"
after() { # the argument after $1
  local flag=$1; shift
  while [ $# -gt 0 ]; do [ "$1" = "$flag" ] && { printf '%s' "$2"; return; }; shift; done
}
: "${GH_TOKEN:?gh is called without its token}"
case "$1 $2" in
  "api repos/octo/app/commits/"*/pulls) jq --raw-output "$(after --jq "$@")" "$GH_STATE/pulls.json" ;;
  "api repos/octo/app/actions/workflows/lockstep-plan.yml/runs?event=pull_request_target&status=success"*)
    jq --raw-output "$(after --jq "$@")" "$GH_STATE/runs.json"
    ;;
  'run download')
    [ "$3" = 77 ]
    mkdir -p "$(after --dir "$@")"
    cp "$GH_STATE/reviewed/"* "$(after --dir "$@")/"
    ;;
  'pr comment') cp "$(after --body-file "$@")" "$GH_STATE/comment.md" ;;
  'issue list') if [ -e "$GH_STATE/issue.md" ]; then echo 5; fi ;;
  'label create') ;;
  'issue create' | 'issue edit') cp "$(after --body-file "$@")" "$GH_STATE/issue.md" ;;
  'issue close') mv "$GH_STATE/issue.md" "$GH_STATE/closed.md" ;;
  *) echo "gh: the tests know no such call: $*" >&2; exit 1 ;;
esac
