#!/usr/bin/env bash
# download.sh [FOLDER]: downloads the clients that the tests in this folder use, for Linux on x64, and writes FOLDER/peers.env, which
# puts them on the PATH. By default, FOLDER is where the tests look. Each file must have the sum that its publisher lists and, where
# clients.sha256 has one, that one. It prints the lines that clients.sha256 lacks.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pinned=$here/clients.sha256
folder=${1:-$here/../../node_modules/.cache/peers}
mkdir -p "$folder/home"
folder=$(cd "$folder" && pwd)
temporary=$(mktemp -d)
trap 'rm -rf -- "$temporary"' EXIT
cd "$temporary"

get() { curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$2" "$1"; }

# fetch BASE FILE SUMS: downloads BASE/FILE, and checks it.
fetch() {
  local line
  get "$1/$2" "$2"
  get "$1/$3" sums
  line=$(grep -E "^[0-9a-f]{64}  $2\$" sums) || { echo "$1/$3 has no sum of $2." >&2 && exit 1; }
  sha256sum --check --quiet <<< "$line"
  if ! grep -q "  $2\$" "$pinned"; then
    echo "clients.sha256 lacks: $line"
  elif ! grep -qxF "$line" "$pinned"; then
    echo "clients.sha256 has another sum of $2." >&2 && exit 1
  fi
}

# provider NAMESPACE NAME VERSION BASE
provider() {
  local file="terraform-provider-$2_$3_linux_amd64.zip" to="$folder/mirror/registry.terraform.io/$1/$2"
  fetch "$4" "$file" "terraform-provider-$2_$3_SHA256SUMS"
  mkdir -p "$to"
  mv "$file" "$to"
}

github=https://github.com/mongodb
hashicorp=https://releases.hashicorp.com

fetch "$github/mongodb-atlas-cli/releases/download/atlascli/v1.46.2" mongodb-atlas-cli_1.46.2_linux_x86_64.tar.gz checksums.txt
tar -xzf mongodb-atlas-cli_1.46.2_linux_x86_64.tar.gz
find . -path '*/bin/atlas' -exec mv {} "$folder/atlas" \;

fetch "$hashicorp/terraform/1.11.4" terraform_1.11.4_linux_amd64.zip terraform_1.11.4_SHA256SUMS
python3 -m zipfile -e terraform_1.11.4_linux_amd64.zip terraform
mv terraform/terraform "$folder"
chmod +x "$folder/terraform"

provider mongodb mongodbatlas 2.16.0 "$github/terraform-provider-mongodbatlas/releases/download/v2.16.0"
provider hashicorp aws 6.47.1 "$hashicorp/terraform-provider-aws/6.47.1"
provider hashicorp google 7.45.0 "$hashicorp/terraform-provider-google/7.45.0"
provider hashicorp azurerm 5.2.0 "$hashicorp/terraform-provider-azurerm/5.2.0"

cat > "$folder/terraform.rc" << END
provider_installation {
  filesystem_mirror { path = "$folder/mirror" }
}
END
cat > "$folder/peers.env" << END
export PATH="$folder:\$PATH" HOME="$folder/home" TF_CLI_CONFIG_FILE="$folder/terraform.rc" CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
export MONGODB_ATLAS_SKIP_UPDATE_CHECK=true MONGODB_ATLAS_TELEMETRY_ENABLED=false MONGODB_ATLAS_SILENCE_STORAGE_WARNING=true
END
