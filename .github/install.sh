#!/usr/bin/env bash
# install.sh FOLDER [VERSION]: downloads the executable of a release, checks its sum, and unpacks it into the folder.
# By default, this is the latest version.
set -euo pipefail
fail() { echo "Error: $1" >&2 && exit 1; }
folder=$1
version=${2:-latest}
version=${version#v}

releases=https://github.com/atlas-pe/atlas-pe/releases
if [ "$version" = latest ]; then
  from=$releases/latest/download
elif [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  from=$releases/download/v$version
else
  fail "'$version' is not a version. Examples: 0.1.0, latest"
fi

case $(uname -sm) in
  'Linux x86_64') name=linux_amd64 ;;
  'Linux aarch64' | 'Linux arm64') name=linux_arm64 ;;
  'Darwin x86_64') name=darwin_amd64 ;;
  'Darwin arm64') name=darwin_arm64 ;;
  MINGW* | MSYS*) name=windows_amd64 ;;
  *) fail "There is no executable for $(uname -sm). README says how to build atlas-pe with Node.js." ;;
esac

temporary=$(mktemp -d)
trap 'rm -rf -- "$temporary"' EXIT
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$temporary"
for file in "atlas-pe_$name.tar.gz" SHA256SUMS; do
  curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$file" "$from/$file" ||
    fail "Cannot download $file of the version $version. All versions: $releases"
done
# macOS has no sha256sum.
sum=$(command -v sha256sum || echo 'shasum -a 256')
grep " [ *]\?atlas-pe_$name.tar.gz\$" SHA256SUMS > sum
$sum -c sum
tar -xzf "atlas-pe_$name.tar.gz" -C "$folder"
