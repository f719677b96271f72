import { type Endpoint, endpointKeys } from '../../atlas/model.js';
import { deleted, isReady } from '../../atlas/status.js';
import type { Row, Tone, View } from '../../ui/view.js';

const tones: Record<string, Tone> = { WAITING_FOR_USER: 'good', AVAILABLE: 'good', FAILED: 'bad', DELETED: 'plain' };

const shared = {
  keys: endpointKeys,
  columns: ['id', 'provider', 'region', 'status', 'endpointServiceName'],
  id: 'id',
  tone: ({ status }: Row): Tone => tones[String(status)] ?? 'busy',
};

/** One endpoint. */
export function endpointView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

/** A list of endpoints. */
export function endpointsView(rows: readonly Row[]): View {
  const clouds = new Set(rows.map(({ provider }) => String(provider)));
  const [only] = clouds.size === 1 ? clouds : [];
  const terminalColumns = shared.columns.map((key) =>
    key === 'endpointServiceName' ? (services[only ?? ''] ?? key) : key,
  );
  return { ...shared, single: false, rows, terminalColumns, empty: 'No private endpoints.' };
}

/** What tells the services of a cloud apart. */
const services: Record<string, string> = { AZURE: 'privateLinkServiceName', GCP: 'endpointGroupNames' };

/** What is known of an endpoint that was gone before it was ever read. */
export function goneRow(projectId: string, named: { id?: string | undefined; region?: string | undefined }): Row {
  return {
    id: named.id ?? null,
    projectId,
    provider: null,
    region: named.region ?? null,
    atlasRegion: null,
    status: deleted,
    endpointServiceName: null,
    interfaceEndpoints: [],
    errorMessage: null,
  };
}

/** How messages name an endpoint: `us-east-1 6a79…`. */
export function nameOf({ region, id }: Pick<Endpoint, 'region' | 'id'>): string {
  return `${region} ${id}`;
}

/** The next step worth taking with an endpoint, which command lines name `reference`. */
export function nextStep(
  endpoint: Endpoint,
  reference: string,
  commandLine: (command: string) => string,
): string | undefined {
  const { status, interfaceEndpoints } = endpoint;
  if (status === 'INITIATING') return `Wait until it is ready: ${commandLine(`wait ${reference}`)}`;
  if (status === 'FAILED') return `Delete it, then create it again: ${commandLine(`delete ${reference}`)}`;
  if (!isReady(status) || interfaceEndpoints.length > 0) return undefined;
  const [cloud, attach] = connect(endpoint) ?? [];
  // Each command line by itself, to be copied.
  return cloud && `Connect to it:\n  ${cloud}\n  ${commandLine(`interface add ${reference} ${attach}`)}`;
}

/** The cloud's command that makes an interface endpoint, and what to attach then. */
function connect(endpoint: Endpoint): [cloud: string, attach: string] | undefined {
  const { provider, region, endpointServiceName, privateLinkServiceResourceId, serviceAttachmentNames } = endpoint;
  switch (provider) {
    case 'AWS': {
      const where = '--vpc-id VPC_ID --subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID';
      const what = `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --region ${region} --service-name ${endpointServiceName}`;
      return endpointServiceName === null ? undefined : [`${what} ${where}`, 'VPCE_ID'];
    }
    case 'AZURE': {
      const where = '--name NAME --resource-group GROUP --vnet-name VNET --subnet SUBNET --connection-name NAME';
      const what = `az network private-endpoint create --location ${region} --manual-request true --private-connection-resource-id ${privateLinkServiceResourceId}`;
      return typeof privateLinkServiceResourceId === 'string'
        ? [`${what} ${where}`, 'RESOURCE_ID --ip ADDRESS']
        : undefined;
    }
    case 'GCP': {
      const [first, ...others] = Array.isArray(serviceAttachmentNames) ? serviceAttachmentNames : [];
      const each = others.length > 0 ? ` (and one for each of the ${others.length} others)` : '';
      const what = `gcloud compute forwarding-rules create NAME --region ${region} --network NETWORK --address ADDRESS --target-service-attachment ${first}`;
      const group = others.length > 0 ? ' --group GROUP' : '';
      return first === undefined
        ? undefined
        : [`${what}${each}`, `--gcp-project PROJECT${group} --endpoint NAME@ADDRESS${others.length > 0 ? ' …' : ''}`];
    }
  }
}
