#!/usr/bin/env bash
# The whole way on AWS, with atlas-pe and jq alone.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
serve --ready-after 1s --cluster app:us-east-1

id=$(atlas-pe create --region us-east-1 --remote-region us-west-2 --json | jq -r .id)
service=$(atlas-pe wait "$id" --json | jq -r .endpointServiceName)
same "${service%-*}" com.amazonaws.vpce.us-east-1.vpce-svc

# Here the cloud makes an interface endpoint for $service.
vpce=vpce-0123456789abcdef0
same "$(atlas-pe interface add us-east-1 "$vpce" --json | jq -r .status)" PENDING_ACCEPTANCE
same "$(atlas-pe wait us-east-1 --interface --json | jq -r '.[0].status')" AVAILABLE
same "$(atlas-pe get us-east-1 --json | jq -c .interfaceEndpoints)" "[\"$vpce\"]"

string=$(atlas-pe connection-strings --cluster app --endpoint us-east-1 --wait --json | jq -r '.[0].srvConnectionString')
same "${string%%-pl-0*}" mongodb+srv://app

atlas-pe interface remove us-east-1 "$vpce" --yes --wait --quiet > /dev/null
same "$(atlas-pe interface list us-east-1 --json)" '[]'
same "$(atlas-pe delete us-east-1 --yes --wait --json | jq -r .status)" DELETED
same "$(atlas-pe list --json)" '[]'
echo done
