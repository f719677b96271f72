#!/usr/bin/env bash
# install.sh FOLDER [VERSION]: downloads the executable of a release, checks its sum, and unpacks it into the folder.
# By default, this is the latest version.
set -euo pipefail
folder=$1
version=${2:-latest}

# Set by the test.
releases=${RELEASES:-https://github.com/atlas-pe/atlas-pe/releases}
if [ "$version" = latest ]; then from=$releases/latest/download; else from=$releases/download/v${version#v}; fi

case $(uname -sm) in
  'Linux x86_64') name=linux_amd64 ;;
  'Linux aarch64' | 'Linux arm64') name=linux_arm64 ;;
  'Darwin x86_64') name=darwin_amd64 ;;
  'Darwin arm64') name=darwin_arm64 ;;
  MINGW* | MSYS*) name=windows_amd64 ;;
  *) echo "There is no executable for $(uname -sm). Use npm install --global atlas-pe." >&2 && exit 1 ;;
esac

temporary=$(mktemp -d)
trap 'rm -rf -- "$temporary"' EXIT
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$temporary"
for file in "atlas-pe_$name.tar.gz" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --output "$file" "$from/$file"
done
# macOS has no sha256sum.
sum=$(command -v sha256sum || echo 'shasum -a 256')
grep " [ *]\?atlas-pe_$name.tar.gz\$" SHA256SUMS > sum
$sum -c sum
tar -xzf "atlas-pe_$name.tar.gz" -C "$folder"
