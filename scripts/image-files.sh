#!/bin/sh
# image-files.sh FOLDER: writes the files of the container image: Node, the libraries that it loads,
# and the bundle in dist/. Nothing else: no shell, no package manager.
set -eu
cd "$(dirname "$0")/.."
image=$1
node=$(node -p process.execPath)

mkdir -p "$image/usr/bin" "$image/etc" "$image/opt/lockstep/dist" "$image/work"
cp "$node" "$image/usr/bin/node"
# ldd names each library by its path. The image has them at the same paths.
ldd "$node" | grep -o '/[^ ]*' | sort -u | while read -r library; do
  mkdir -p "$image$(dirname "$library")"
  cp -L "$library" "$image$library"
done
# Without this file, /etc/hosts is only read if no name server answers.
echo 'hosts: files dns' > "$image/etc/nsswitch.conf"
cp package.json LICENSE "$image/opt/lockstep/"
for file in cli.js load-main.js main.cjs main.cache execa.cjs listr2.cjs THIRD_PARTY_LICENSES; do
  cp "dist/$file" "$image/opt/lockstep/dist/"
done
