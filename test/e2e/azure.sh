#!/usr/bin/env bash
# The whole way on Azure, with atlas-pe and jq alone.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
serve --ready-after 1s --cluster app:eastus2

id=$(atlas-pe create --provider azure --region eastus2 --json | jq -r .id)
service=$(atlas-pe wait "$id" --json | jq -r .privateLinkServiceName)
same "$service" "pls_$id"

# Here the cloud makes a private endpoint for $service.
private=/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/atlas
same "$(atlas-pe interface add eastus2 "$private" --ip 10.0.0.4 --json | jq -r .status)" INITIATING
same "$(atlas-pe wait eastus2 --interface --json | jq -r '.[0].status')" AVAILABLE
same "$(atlas-pe interface get eastus2 "$private" --json | jq -r .privateEndpointIPAddress)" 10.0.0.4

string=$(atlas-pe connection-strings --endpoint "$private" --wait --json | jq -r '.[0].srvConnectionString')
same "${string%%-pl-0*}" mongodb+srv://app

atlas-pe interface remove "$private" --yes --wait --quiet > /dev/null
same "$(atlas-pe interface list --provider azure --json)" '[]'
same "$(atlas-pe delete eastus2 --yes --wait --json | jq -r .status)" DELETED
same "$(atlas-pe list --json)" '[]'
echo done
