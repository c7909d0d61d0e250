#!/usr/bin/env bash
# release.sh FOLDER: writes the files of a release to a new folder: the npm package, an archive with
# the executable for this platform, and SHA256SUMS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir "$1"
out="$(cd "$1" && pwd)"

# Builds dist/ first.
npm pack --silent --pack-destination "$out" > /dev/null
npm run --silent executable

name="$(node -p '`lockstep-${require("./package.json").version}-${process.platform}-${process.arch}`')"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/$name"
cp dist/lockstep dist/lockstep.1 dist/THIRD_PARTY_LICENSES LICENSE "$folder/$name"
# The license of Node lies beside its bin folder in Node's own archives, else where Debian puts it.
for license in "$(dirname "$(dirname "$(node -p process.execPath)")")/LICENSE" \
  /usr/share/doc/nodejs/copyright; do
  if [ -f "$license" ]; then
    cp "$license" "$folder/$name/NODE_LICENSE"
    break
  fi
done
[ -f "$folder/$name/NODE_LICENSE" ] || { echo 'The license of Node was not found.' >&2; exit 1; }
tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$name.tar.gz" "$name"

cd "$out"
sha256sum -- *.tgz *.tar.gz > SHA256SUMS
