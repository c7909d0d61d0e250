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
# Each page of an answer of GITHUB_API_URL, through the --jq of the call if it has one.
api() {
  local pages=false
  if [ "$1" = --paginate ]; then pages=true; shift; fi
  local url="$GITHUB_API_URL/$1" filter headers body
  filter=$(after --jq "$@")
  headers=$(mktemp) body=$(mktemp)
  while [ -n "$url" ]; do
    curl --silent --show-error --fail --location --header "Authorization: Bearer $GH_TOKEN" \
      --dump-header "$headers" --output "$body" "$url"
    if [ -n "$filter" ]; then jq --raw-output "$filter" "$body"; else cat "$body"; fi
    $pages || break
    url=$(sed -n 's/^link:.*<\([^>]*\)>; rel="next".*/\1/Ip' "$headers")
  done
}
if [ "$1" = api ]; then shift; api "$@"; exit; fi
case "$1 $2" in
  'pr comment') cp "$(after --body-file "$@")" "$GH_STATE/comment.md" ;;
  'issue list') if [ -e "$GH_STATE/issue.md" ]; then echo 5; fi ;;
  'label create') ;;
  'issue create' | 'issue edit') cp "$(after --body-file "$@")" "$GH_STATE/issue.md" ;;
  'issue close') mv "$GH_STATE/issue.md" "$GH_STATE/closed.md" ;;
  *) echo "gh: the tests know no such call: $*" >&2; exit 1 ;;
esac
