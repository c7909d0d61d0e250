#!/bin/sh
# Outlives the process that started it, however that one ends (kill -9 included), and then leaves
# nothing of a cluster behind. Its standard input is a pipe from that process: every line is
# "started GROUP" or "ended GROUP", a server's process group; the end of input is its death.
# Usage: guard.sh FOLDER        the cluster's folder, which is removed at the end
groups=' '
while read -r event group; do
  groups=$(printf '%s' "$groups" | sed "s/ $group / /g")
  if [ "$event" = started ]; then groups="$groups$group "; fi
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
# A dying server may still be writing.
for try in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$1" 2>/dev/null && break
  sleep 0.1
done
