import { type Endpoint, endpointKeys } from '../../atlas/model.js';
import { deleted, isReady } from '../../atlas/status.js';
import type { Row, Tone, View } from '../../ui/view.js';

const shared = {
  keys: endpointKeys,
  columns: ['id', 'provider', 'region', 'status', 'endpointServiceName'],
  expendable: ['endpointServiceName', 'provider'],
  id: 'id',
  tone: (key: string, row: Row): Tone => {
    if (key === 'errorMessage') return 'bad';
    return key === 'status' ? toneOf(String(row.status)) : 'plain';
  },
};

function toneOf(status: string): Tone {
  if (isReady(status)) return 'good';
  return status === 'FAILED' ? 'bad' : 'busy';
}

/** One endpoint. */
export function endpointView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

/** A list of endpoints. */
export function endpointsView(rows: readonly Row[]): View {
  return { ...shared, single: false, rows, empty: 'No private endpoints.' };
}

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
  { status, provider, region, endpointServiceName }: Endpoint,
  reference: string,
  commandLine: (command: string) => string,
): string | undefined {
  if (status === 'INITIATING') return `Wait until it is ready: ${commandLine(`wait ${reference}`)}`;
  if (status === 'FAILED') return `Delete it, then create it again: ${commandLine(`delete ${reference}`)}`;
  if (!isReady(status) || provider !== 'AWS' || endpointServiceName === null) return undefined;
  return (
    'Connect a VPC to it: aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface ' +
    `--region ${region} --service-name ${endpointServiceName} ` +
    '--vpc-id VPC_ID --subnet-ids SUBNET_ID --security-group-ids SECURITY_GROUP_ID'
  );
}
