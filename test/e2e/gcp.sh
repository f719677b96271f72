#!/usr/bin/env bash
# The whole way on GCP, with atlas-pe and jq alone.
set -euo pipefail
. "$(dirname "$0")/sandbox.sh"
serve --ready-after 1s --cluster app:us-central1

id=$(atlas-pe create --provider gcp --region us-central1 --json | jq -r .id)
same "$(atlas-pe wait "$id" --json | jq '.serviceAttachmentNames | length')" 1

# Here the cloud makes a forwarding rule for the service attachment.
same "$(atlas-pe interface add us-central1 atlas --gcp-project my-project-123 --ip 10.0.0.4 --json | jq -r .id)" atlas
same "$(atlas-pe wait us-central1 --interface --json | jq -r '.[0].status')" AVAILABLE
same "$(atlas-pe interface get us-central1 atlas --json | jq -c '.endpoints[0]')" \
  '{"endpointName":"atlas","ipAddress":"10.0.0.4","status":"AVAILABLE"}'

string=$(atlas-pe connection-strings --endpoint atlas --wait --json | jq -r '.[0].srvConnectionString')
same "${string%%-psc-0*}" mongodb+srv://app

atlas-pe interface remove us-central1 atlas --yes --wait --quiet > /dev/null
same "$(atlas-pe interface list us-central1 --json)" '[]'
same "$(atlas-pe delete us-central1 --yes --wait --json | jq -r .status)" DELETED
same "$(atlas-pe list --json)" '[]'
echo done
