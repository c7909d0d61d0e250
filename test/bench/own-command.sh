#!/bin/sh
# The same upgrade by the servers' own command, as a person writes it: register, tune each mount,
# reload on each node, then check each mount on each node.
# Usage: own-command.sh PROGRAM PLUGIN VERSION SHA256 COMMAND NODES MOUNTS
#   NODES and MOUNTS are separated by spaces; the token and the address are in the environment.
set -eu
program=$1 plugin=$2 version=$3 sha256=$4 command=$5 nodes=$6 mounts=$7
"$program" plugin register -version="$version" -sha256="$sha256" -command="$command" secret "$plugin"
for mount in $mounts; do
  "$program" secrets tune -plugin-version="$version" "$mount"
done
# A flag for each: of names with commas between them, OpenBao 2.7.2 reloads the first alone.
named=$(printf ' -mounts=%s' $mounts)
for node in $nodes; do
  # shellcheck disable=SC2086
  "$program" plugin reload -address="$node" $named
done
for node in $nodes; do
  "$program" secrets list -address="$node" -detailed -format=json
  for mount in $mounts; do
    "$program" path-help -address="$node" "$mount"
  done
done
