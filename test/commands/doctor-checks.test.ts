import { describe, expect, test, vi } from 'vitest';
import { categoriesOf } from '../../src/connections/doctor/run-checks.js';
import {
  apiKey,
  clusterWith,
  type DoctorWorld,
  endpointId,
  examine,
  host,
  namesAt,
  nodesIn,
  projectId,
  service,
  serviceId,
  srvName,
} from '../helpers/doctor-world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import type { CliOptions } from '../helpers/run-cli.js';
import { phases, whenItWaits } from '../helpers/stalls.js';

/* Each check of doctor, good and in each way of being bad: what it finds, what it advises, and the exit code. */

interface Row {
  what: string;
  world?: (healthy: DoctorWorld, ports: readonly number[]) => Partial<DoctorWorld>;
  line?: string;
  options?: CliOptions;
  result: 'success' | 'warning' | 'error' | 'skipped';
  detail: string | RegExp;
  hint?: RegExp;
  /** Default: 6 for an error, otherwise 0. */
  exit?: number;
}

const second = 'vpce-0aaaaaaaaaaaaaaaa';
const only = (more: object) => ({ AWS: [{ ...service, ...more }], AZURE: [], GCP: [] });
const gcp = (more: object = {}) => ({
  AWS: [],
  AZURE: [],
  GCP: [
    {
      ...{ cloudProvider: 'GCP', id: serviceId, regionName: 'US_EAST_4', status: 'AVAILABLE', errorMessage: null },
      ...{ endpointGroupNames: ['rule'], serviceAttachmentNames: ['a'], portMappingEnabled: true, ...more },
    },
  ],
});
const refused = (errorCode: string, status: number, detail: string) => ({
  status,
  body: { error: status, errorCode, detail },
});
const notOnList = refused(
  'IP_ADDRESS_NOT_ON_ACCESS_LIST',
  403,
  'IP address 203.0.113.9 is not allowed to access this resource.',
);
const key = (more: object) => ({ apiKey: { ...apiKey.apiKey, ...more } });
const attachedAs = (more: object) => ({ interfaces: { [endpointId]: more } });
const elsewhere = { ATLAS_PE_ACCESS_TOKEN: 'other' };
const after = (day: string): CliOptions => ({ clock: fakeClock(Date.parse(day)) });
const away: CliOptions = { addresses: ['172.20.1.2'] };
const awayFrom = (address: string) => (_: DoctorWorld, ports: readonly number[]) => ({
  names: namesAt(address, ports),
});

const rows: Record<string, Row[]> = {
  'key-credentials': [
    { what: 'a token', result: 'success', detail: /^access token from environment ATLAS_PE_ACCESS_TOKEN, for http:/ },
    {
      what: 'an API key, without its secret',
      world: () => ({ env: { ATLAS_PE_PUBLIC_KEY: 'public', ATLAS_PE_PRIVATE_KEY: 'secret-part' } }),
      ...{ result: 'success', detail: /^API key public from environment ATLAS_PE_PUBLIC_KEY/ },
    },
    {
      what: 'nobody is signed in',
      world: () => ({ env: {} }),
      ...{ result: 'error', detail: 'Not signed in.', hint: /atlas-pe login/ },
    },
    {
      what: 'half of a key',
      world: () => ({ env: { ATLAS_PE_PUBLIC_KEY: 'public' } }),
      ...{ result: 'error', detail: /^Missing private-key\./, hint: /same place/ },
    },
  ],
  'key-valid': [
    { what: 'accepted', result: 'success', detail: 'Atlas accepts the credentials' },
    {
      what: 'a wrong or expired token',
      world: () => ({ env: elsewhere }),
      ...{ result: 'error', detail: /401/, hint: /have not expired or been deleted/ },
    },
    {
      what: 'accepted, but not from this address',
      world: () => ({ api: notOnList, lists: notOnList }),
      ...{ result: 'success', detail: 'Atlas accepts the credentials', exit: 6 },
    },
    {
      what: 'Atlas is in trouble',
      world: () => ({ api: refused('X', 503, 'Unavailable.') }),
      ...{ result: 'error', detail: 'Unavailable (X 503).', hint: /Try again later/ },
    },
  ],
  'key-access-list': [
    { what: 'an empty list', result: 'success', detail: 'empty, so any address is allowed' },
    {
      what: 'a list with this address',
      world: () => ({
        api: key({ accessList: [{ cidrBlock: '203.0.113.0/24', ipAddress: null }, { ipAddress: '203.0.113.9' }] }),
      }),
      ...{ result: 'success', detail: 'this address is allowed (entries: 2)' },
    },
    {
      what: 'a service account',
      world: () => ({ api: { apiKey: null } }),
      result: 'success',
      detail: 'this address is allowed',
    },
    {
      what: 'not on the list of the key',
      world: () => ({ api: notOnList, lists: notOnList }),
      ...{
        result: 'error',
        detail: /203\.0\.113\.9/,
        hint: /access list of the API key or service account.*project's IP access list/,
      },
    },
    {
      what: 'a list that applies only to projects',
      world: () => ({ lists: notOnList }),
      ...{ result: 'error', detail: /203\.0\.113\.9/, hint: /access list of the API key or service account/ },
    },
  ],
  'key-roles': [
    { what: 'an owner of the project', result: 'success', detail: 'GROUP_OWNER' },
    {
      what: 'an owner of the organization',
      world: () => ({ api: key({ roles: [{ roleName: 'ORG_OWNER', orgId: '4'.repeat(24) }] }) }),
      ...{ result: 'success', detail: 'ORG_OWNER' },
    },
    { what: 'a service account', world: () => ({ api: { apiKey: null } }), result: 'success', detail: /^can read/ },
    {
      what: 'a role that can only read',
      world: () => ({ api: key({ roles: [{ roleName: 'GROUP_READ_ONLY', groupId: projectId }] }) }),
      ...{ result: 'success', detail: /^GROUP_READ_ONLY: can read private endpoints, but not create/ },
    },
    {
      what: 'an owner of another project',
      world: () => ({ api: key({ roles: [{ roleName: 'GROUP_OWNER', groupId: '5'.repeat(24) }] }) }),
      ...{ result: 'success', detail: /^none: can read/ },
    },
    {
      what: 'no access to the project',
      world: () => ({ lists: refused('GROUP_NOT_FOUND', 404, 'No group with ID 1 exists.') }),
      ...{ result: 'error', detail: /GROUP_NOT_FOUND 404/, hint: /Check the project id/ },
    },
    {
      what: 'a role without access to private endpoints',
      world: () => ({ lists: refused('USER_UNAUTHORIZED', 403, 'Not allowed.') }),
      ...{ result: 'error', detail: /USER_UNAUTHORIZED 403/, hint: /Project Read Only/ },
    },
  ],
  'service-exists': [
    { what: 'one', result: 'success', detail: `us-east-1 ${serviceId}` },
    {
      what: 'none',
      world: () => ({ services: { AWS: [], AZURE: [], GCP: [] } }),
      ...{ result: 'error', detail: 'none in the project', hint: /atlas-pe create --region REGION --wait/ },
    },
    { what: 'another one', line: 'eu-west-1', result: 'error', detail: /eu-west-1/, hint: new RegExp(serviceId) },
    {
      what: 'none for the cluster that is meant',
      world: () => ({
        clusters: [clusterWith(), clusterWith({ name: 'Other' }, { configs: [nodesIn('AZURE', 'US_EAST_2')] })],
      }),
      line: '--cluster Other',
      ...{ result: 'error', detail: 'none in a region where Other has nodes' },
    },
    {
      what: 'Atlas is in trouble',
      world: () => ({ lists: refused('X', 503, 'Unavailable.') }),
      ...{ result: 'error', detail: /Unavailable \(X 503\)/ },
    },
  ],
  'service-status': [
    { what: 'AVAILABLE', result: 'success', detail: 'AVAILABLE' },
    {
      what: 'FAILED, with the reason',
      world: () => ({ services: only({ status: 'FAILED', errorMessage: 'No capacity.' }) }),
      ...{
        result: 'error',
        detail: 'FAILED: No capacity.',
        hint: new RegExp(`atlas-pe delete ${serviceId}.*atlas-pe create`),
      },
    },
    {
      what: 'DELETING',
      world: () => ({ services: only({ status: 'DELETING' }) }),
      ...{ result: 'error', detail: /^DELETING: Atlas is deleting it/ },
    },
    {
      what: 'AVAILABLE with an error message',
      world: () => ({ services: only({ errorMessage: 'Odd.' }) }),
      ...{ result: 'warning', detail: 'AVAILABLE: Odd.' },
    },
  ],
  'service-ready': [
    { what: 'AVAILABLE', result: 'success', detail: 'vpce-svc-0667f4ca6f4a2bbc8' },
    {
      what: 'WAITING_FOR_USER',
      world: () => ({ services: only({ status: 'WAITING_FOR_USER' }) }),
      result: 'success',
      detail: /svc/,
    },
    {
      what: 'INITIATING',
      world: () => ({ services: only({ status: 'INITIATING', endpointServiceName: null }) }),
      ...{ result: 'error', detail: /INITIATING/, hint: new RegExp(`atlas-pe wait ${serviceId}`) },
    },
    {
      what: 'FAILED',
      world: () => ({ services: only({ status: 'FAILED' }) }),
      ...{ result: 'skipped', detail: "'Status' failed", exit: 6 },
    },
  ],
  'service-region': [
    { what: 'with nodes', result: 'success', detail: 'Cluster0' },
    {
      what: 'without nodes',
      world: () => ({ clusters: [clusterWith({}, { configs: [nodesIn('AWS', 'EU_WEST_1')] })] }),
      ...{ result: 'error', detail: /no cluster has nodes in AWS us-east-1/, hint: /AWS eu-west-1/ },
    },
    {
      what: 'without nodes of the cluster that is meant',
      world: () => ({
        clusters: [clusterWith(), clusterWith({ name: 'Other' }, { configs: [nodesIn('AZURE', 'US_EAST_2')] })],
      }),
      line: 'us-east-1 --cluster Other',
      ...{ result: 'error', detail: /^Other has no nodes in AWS us-east-1/, hint: /AZURE eastus2/ },
    },
    { what: 'no clusters', world: () => ({ clusters: [] }), result: 'skipped', detail: 'there is no cluster', exit: 6 },
  ],
  'service-port-mapping': [
    {
      what: 'with port mapping',
      world: () => ({ services: gcp(), clusters: [] }),
      result: 'success',
      detail: 'yes',
      exit: 6,
    },
    {
      what: 'without it, before the day',
      world: () => ({ services: gcp({ portMappingEnabled: false }), clusters: [] }),
      options: after('2027-04-29'),
      ...{ result: 'warning', detail: /30 April 2027/, hint: new RegExp(`atlas-pe convert ${serviceId}`), exit: 6 },
    },
    {
      what: 'without it, from the day on',
      world: () => ({ services: gcp({ portMappingEnabled: false }), clusters: [] }),
      options: after('2027-04-30'),
      ...{ result: 'error', detail: /disabled such endpoints on 30 April 2027/, hint: /atlas-pe convert/ },
    },
  ],
  'interface-attached': [
    { what: 'one', result: 'success', detail: endpointId },
    {
      what: 'none',
      world: () => ({ services: only({ interfaceEndpoints: [] }) }),
      ...{ result: 'error', detail: 'none', hint: new RegExp(`atlas-pe connect ${serviceId}`) },
    },
    {
      what: 'none, on a cloud that connect does not know',
      world: () => ({
        services: gcp({ endpointGroupNames: [] }),
        clusters: [clusterWith({}, { configs: [nodesIn('GCP', 'US_EAST_4')] })],
      }),
      ...{ result: 'error', detail: 'none', hint: /gcloud compute forwarding-rules create .*atlas-pe interface add/ },
    },
    ...[clusterWith({}, { configs: [nodesIn('AWS', 'EU_WEST_1')] }), shared('FLEX', 'FLEX')].map(
      (cluster): Row => ({
        what: 'none, and connect would find no cluster',
        world: () => ({ services: only({ interfaceEndpoints: [] }), clusters: [cluster] }),
        ...{ result: 'error', detail: 'none', hint: /^Attach one when .* nodes in AWS us-east-1\.$/ },
      }),
    ),
    {
      what: 'none, and the clusters cannot be read',
      world: () => ({ services: only({ interfaceEndpoints: [] }), clusterList: refused('X', 503, 'Unavailable.') }),
      ...{ result: 'error', detail: 'none', hint: /atlas-pe connect/ },
    },
    {
      what: 'the service is not ready',
      world: () => ({ services: only({ status: 'INITIATING' }) }),
      ...{ result: 'skipped', detail: "'Ready for interface endpoints' failed", exit: 6 },
    },
  ],
  'interface-status': [
    { what: 'AVAILABLE', result: 'success', detail: 'AVAILABLE' },
    ...(['NONE', 'PENDING_ACCEPTANCE', 'PENDING', 'INITIATING', 'VERIFIED'] as const).map(
      (status): Row => ({
        what: status,
        world: () => attachedAs({ connectionStatus: status }),
        ...{ result: 'error', detail: new RegExp(`^${status}: Atlas has `), hint: /atlas-pe doctor .* --wait 10m/ },
      }),
    ),
    {
      what: 'REJECTED, the only one: not to be removed first',
      world: () => attachedAs({ connectionStatus: 'REJECTED', errorMessage: 'Deleted.' }),
      result: 'error',
      detail: /^REJECTED: .* \(Deleted\.\)$/,
      hint: new RegExp(
        `Do not remove it first.*create-vpc-endpoint.*interface add.*interface remove ${serviceId} ${endpointId}`,
      ),
    },
    {
      what: 'FAILED beside another one: may be removed',
      world: () => ({
        services: only({ interfaceEndpoints: [endpointId, 'vpce-0aaaaaaaaaaaaaaaa'] }),
        interfaces: {
          [endpointId]: { connectionStatus: 'FAILED' },
          'vpce-0aaaaaaaaaaaaaaaa': { connectionStatus: 'AVAILABLE' },
        },
      }),
      ...{
        result: 'error',
        detail: /^FAILED: /,
        hint: new RegExp(`^Remove it: atlas-pe interface remove .* ${endpointId}`),
      },
    },
    {
      what: 'DELETING',
      world: () => attachedAs({ connectionStatus: 'DELETING' }),
      result: 'error',
      detail: /^DELETING: Atlas is removing it/,
    },
    {
      what: 'removed meanwhile',
      world: () => ({ interfaces: {} }),
      result: 'error',
      detail: 'DELETED: it was removed',
    },
    {
      what: 'a status of a later version',
      world: () => attachedAs({ connectionStatus: 'LINGERING' }),
      result: 'warning',
      detail: /^LINGERING: /,
    },
  ],
  'cluster-exists': [
    { what: 'with nodes in the region', result: 'success', detail: 'Cluster0' },
    {
      what: 'none',
      world: () => ({ clusters: [] }),
      result: 'error',
      detail: 'none in the project',
      hint: /Create a dedicated cluster/,
    },
    {
      what: 'not the one that is meant',
      line: '--cluster Nope',
      result: 'error',
      detail: "'Nope' does not exist in the project",
      hint: /Cluster0/,
    },
    {
      what: 'none in the region',
      world: () => ({ clusters: [clusterWith({}, { configs: [nodesIn('GCP', 'US_EAST_4')] })] }),
      ...{ result: 'skipped', detail: 'no cluster has nodes in the region of a service', exit: 6 },
    },
    {
      what: 'Atlas is in trouble',
      world: () => ({ clusterList: refused('X', 503, 'Unavailable.') }),
      ...{ result: 'error', detail: 'Unavailable (X 503).' },
    },
  ],
  'cluster-dedicated': [
    { what: 'dedicated', result: 'success', detail: 'yes' },
    {
      what: 'the only one is M0',
      world: () => ({ clusters: [shared('TENANT', 'M0')] }),
      ...{ result: 'error', detail: 'no: M0 clusters do not support private endpoints', hint: /M10/ },
    },
    {
      what: 'the one that is meant is Flex',
      world: () => ({ clusters: [clusterWith({ name: 'Big' }), shared('FLEX', 'FLEX')] }),
      line: '--cluster Cluster0',
      ...{ result: 'error', detail: 'no: Flex clusters do not support private endpoints' },
    },
    {
      what: 'M0 beside a dedicated one: not meant',
      world: () => ({ clusters: [shared('TENANT', 'M0'), clusterWith()] }),
      ...{ result: 'success', detail: 'yes' },
    },
  ],
  'cluster-running': [
    { what: 'running', result: 'success', detail: 'yes' },
    {
      what: 'paused',
      world: () => ({ clusters: [clusterWith({ paused: true })] }),
      result: 'error',
      detail: /paused/,
      hint: /Resume/,
    },
    {
      what: 'paused beside one that runs',
      world: () => ({ clusters: [clusterWith(), clusterWith({ name: 'Old', paused: true }, { privateEndpoint: [] })] }),
      ...{ result: 'warning', detail: /paused/, hint: /Resume/ },
    },
  ],
  'cluster-idle': [
    { what: 'IDLE', result: 'success', detail: 'IDLE' },
    {
      what: 'UPDATING',
      world: () => ({ clusters: [clusterWith({ stateName: 'UPDATING' })] }),
      ...{ result: 'warning', detail: /^UPDATING: /, hint: /atlas-pe connection-strings --cluster Cluster0 --wait/ },
    },
  ],
  'cluster-covered': [
    { what: 'its only region', result: 'success', detail: 'AWS us-east-1' },
    {
      what: 'another region has no service',
      world: () => ({ clusters: [twoRegions([])] }),
      ...{
        result: 'error',
        detail: /^none that works in AWS eu-west-1\./,
        hint: /atlas-pe create --provider aws --region eu-west-1 --if-not-exists/,
      },
    },
    {
      what: 'another region has none, but there is a string (regional mode)',
      world: () => ({ clusters: [twoRegions()] }),
      ...{ result: 'success', detail: 'not in AWS eu-west-1, but the cluster has a private connection string' },
    },
    {
      what: 'the interface endpoint has ended: said before',
      world: () => attachedAs({ connectionStatus: 'REJECTED' }),
      ...{ result: 'skipped', detail: 'no interface endpoint works in AWS us-east-1', exit: 6 },
    },
  ],
  'cluster-string': [
    { what: 'there', result: 'success', detail: `mongodb+srv://${srvName}` },
    {
      what: 'not yet there',
      world: () => ({ clusters: [clusterWith({}, { privateEndpoint: [] })] }),
      ...{
        result: 'error',
        detail: /3 to 5 minutes/,
        hint: new RegExp(`connection-strings --cluster Cluster0 --endpoint ${serviceId} --wait`),
      },
    },
    {
      what: 'only through another endpoint',
      world: () => ({
        clusters: [
          clusterWith(
            {},
            {
              privateEndpoint: [
                { srvConnectionString: 'mongodb+srv://a.b', endpoints: [{ endpointId: 'vpce-0bbbbbbbbbbbbbbbb' }] },
              ],
            },
          ),
        ],
      }),
      ...{ result: 'error', detail: new RegExp(`none through us-east-1 ${serviceId}`) },
    },
    {
      what: 'the cluster is paused',
      world: () => ({ clusters: [clusterWith({ paused: true })] }),
      ...{ result: 'skipped', detail: "'Running' failed", exit: 6 },
    },
    {
      what: 'only through one of two interface endpoints',
      world: () => ({
        services: only({ interfaceEndpoints: [endpointId, second] }),
        interfaces: { [endpointId]: { connectionStatus: 'AVAILABLE' }, [second]: { connectionStatus: 'AVAILABLE' } },
      }),
      ...{ result: 'warning', detail: new RegExp(`none through ${second}$`), hint: /connection-strings/ },
    },
    {
      what: 'the other interface endpoint has ended: said before',
      world: () => ({
        services: only({ interfaceEndpoints: [endpointId, second] }),
        interfaces: { [endpointId]: { connectionStatus: 'AVAILABLE' }, [second]: { connectionStatus: 'REJECTED' } },
      }),
      ...{ result: 'success', detail: `mongodb+srv://${srvName}`, exit: 6 },
    },
    {
      what: 'nothing is attached',
      world: () => ({ services: only({ interfaceEndpoints: [] }) }),
      ...{ result: 'skipped', detail: "'Attached interface endpoints' failed", exit: 6 },
    },
  ],
  'dns-srv': [
    { what: 'resolves', result: 'success', detail: /^pl-0-us-east-1\.k45tj\.mongodb\.net:\d+,\d+,\d+$/ },
    {
      what: 'does not resolve',
      world: () => ({ names: {} }),
      result: 'error',
      detail: /_mongodb\._tcp\.cluster0-pl-0\.k45tj/,
      hint: /wait a few minutes/,
    },
    {
      what: 'the DNS server fails',
      world: () => ({ names: 'fail' }),
      result: 'error',
      detail: /failed to look up/,
      hint: /--dns-server/,
    },
    {
      what: 'not needed for a list of hosts',
      world: ({ names }, ports) => ({
        names,
        clusters: [
          clusterWith(
            {},
            {
              privateEndpoint: [
                {
                  connectionString: `mongodb://${host}:${ports[0]},${host}:${ports[1]}/?ssl=true`,
                  endpoints: [{ endpointId }],
                },
              ],
            },
          ),
        ],
      }),
      ...{ result: 'success', detail: /^not needed/ },
    },
    {
      what: 'the string for sharded clusters does not resolve',
      world: () => ({
        clusters: [
          clusterWith(
            {},
            {
              privateEndpoint: [
                {
                  ...{ srvConnectionString: `mongodb+srv://${srvName}`, endpoints: [{ endpointId }] },
                  srvShardOptimizedConnectionString: 'mongodb+srv://cluster0-pl-0-lb.k45tj.mongodb.net',
                },
              ],
            },
          ),
        ],
      }),
      ...{ result: 'error', detail: /_mongodb\._tcp\.cluster0-pl-0-lb\.k45tj\.mongodb\.net$/ },
    },
  ],
  'dns-address': [
    { what: 'an address', result: 'success', detail: '127.0.0.1' },
    {
      what: 'a filter of private answers: SRV without A',
      world: ({ names }) => ({ names: { ...Object(names), [host]: {} } }),
      ...{ result: 'error', detail: /removes private addresses/, hint: /rebinding/ },
    },
  ],
  'dns-private': [
    { what: 'private', result: 'success', detail: 'yes' },
    {
      what: 'public',
      world: awayFrom('203.0.113.7'),
      line: '--no-network',
      result: 'error',
      detail: /203\.0\.113\.7 is public/,
    },
    {
      what: 'of a carrier',
      world: awayFrom('100.64.3.4'),
      line: '--no-network',
      result: 'success',
      detail: 'yes',
    },
  ],
  'dns-endpoint': [
    { what: 'attached', result: 'success', detail: endpointId },
    {
      what: 'another interface endpoint',
      world: ({ names }) => ({
        names: {
          ...Object(names),
          [host]: { CNAME: 'vpce-0cccccccccccccccc-x.vpce.amazonaws.com' },
          'vpce-0cccccccccccccccc-x.vpce.amazonaws.com': { A: ['127.0.0.1'] },
        },
      }),
      ...{
        result: 'error',
        detail: new RegExp(`it resolves to vpce-0cccccccccccccccc, but the connection string is for ${endpointId}`),
      },
    },
    {
      what: 'a private zone with addresses',
      world: ({ names }) => ({ names: { ...Object(names), [host]: { A: ['127.0.0.1'] } } }),
      ...{ result: 'warning', detail: /it has an A record and no CNAME/, hint: /private DNS zone/ },
    },
    {
      what: 'another region of the same string',
      world: ({ names }) => ({
        clusters: [
          twoRegions([
            { srvConnectionString: `mongodb+srv://${srvName}`, endpoints: [{ endpointId: second }, { endpointId }] },
          ]),
        ],
        names: {
          ...Object(names),
          [host]: { CNAME: `${second}-x.vpce.amazonaws.com` },
          [`${second}-x.vpce.amazonaws.com`]: { A: ['127.0.0.1'] },
        },
      }),
      ...{ result: 'success', detail: second },
    },
  ],
  'network-place': [
    { what: 'inside', result: 'success', detail: 'the sandbox is on this machine' },
    {
      what: 'outside',
      world: awayFrom('255.255.255.255'),
      options: away,
      ...{ result: 'warning', detail: /172\.20\.1\.2.*255\.255\.255\.255/, hint: /in the VPC/, exit: 6 },
    },
    {
      what: 'unknown without an address',
      world: () => ({ names: {} }),
      ...{ result: 'skipped', detail: 'the private endpoint has no address', exit: 6 },
    },
  ],
  'network-tcp': [
    { what: 'all open', result: 'success', detail: /^3 of 3 open: 127\.0\.0\.1:/ },
    {
      what: 'one refuses',
      world: (_, ports) => ({ names: namesAt('127.0.0.1', [...ports.slice(1), 1]) }),
      ...{ result: 'error', detail: /^1 of 3 failed\. refused .*: 127\.0\.0\.1:1$/, hint: /SRV connection string/ },
    },
    {
      what: 'unreachable, inside the network',
      world: awayFrom('255.255.255.255'),
      options: { addresses: ['255.255.0.9'] },
      ...{ result: 'error', detail: /unreachable \(no route\): 255\.255\.255\.255:/, hint: /Allow TCP 1024-65535/ },
    },
  ],
  'network-tls': [
    { what: 'valid', result: 'success', detail: `valid for ${host}` },
    {
      what: 'for another name',
      world: () => ({ tls: 'certificate' }),
      result: 'error',
      detail: new RegExp(`not for ${host}`),
      hint: /intercepts TLS/,
    },
    { what: 'expired', world: () => ({ tls: 'expired-certificate' }), result: 'error', detail: /has expired/ },
    {
      what: 'of an unknown authority',
      world: () => ({ tls: 'untrusted-certificate' }),
      result: 'error',
      detail: /signature of the certificate is not valid/,
    },
    {
      what: 'no response',
      world: () => ({ tls: 'silent' }),
      result: 'error',
      detail: /^no response to the TLS handshake: 127\.0\.0\.1:/,
    },
    {
      what: 'closed',
      world: () => ({ tls: 'closing' }),
      result: 'error',
      detail: /closed the connection during the TLS handshake/,
    },
  ],
};

function twoRegions(privateEndpoint?: object[]): object {
  const configs = [nodesIn('AWS', 'US_EAST_1'), nodesIn('AWS', 'EU_WEST_1')];
  return clusterWith({}, privateEndpoint ? { configs, privateEndpoint } : { configs });
}

function shared(providerName: string, instanceSize: string): object {
  const config = {
    providerName,
    backingProviderName: 'AWS',
    regionName: 'US_EAST_1',
    electableSpecs: { instanceSize },
  };
  return clusterWith({}, { configs: [config], privateEndpoint: [] });
}

describe.each(Object.entries(rows))('%s', (id, ways) => {
  test.each(ways)('$what: $result', async ({ world = () => ({}), line, options, result, detail, hint, exit }) => {
    const run = await examine(world, line, options);
    const check = run.checks.find((each) => each.id === id && (result === 'success' || each.result === result));
    expect(check, JSON.stringify(run.checks.find((each) => each.id === id) ?? run.stderr)).toMatchObject({ result });
    if (typeof detail === 'string') expect(check?.detail).toBe(detail);
    else expect(check?.detail).toMatch(detail);
    if (hint) expect(check?.hint).toMatch(hint);
    if (result === 'success' || result === 'skipped') expect(check?.hint).toBeNull();
    expect(run.exitCode).toBe(exit ?? (result === 'error' ? 6 : 0));
  });
});

test('a port that does not answer is a fault of a security group, a firewall or a route', async () => {
  const clock = fakeClock();
  const deaf = await phases.TCP?.start(() => undefined);
  const port = Number(new URL(deaf?.env.ATLAS_PE_BASE_URL ?? '').port);
  // The first run loads modules, and no time may pass meanwhile.
  await examine(() => ({}));
  // Enough turns for everything else.
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 50);
  try {
    const { checks, exitCode } = await examine(() => ({ names: namesAt('127.0.0.1', [port]) }), '', {
      ...{ clock, addresses: ['127.0.0.1'] },
    });
    const check = checks.find(({ id }) => id === 'network-tcp');
    expect(check).toMatchObject({ result: 'error', hint: expect.stringMatching(/Allow TCP 1024-65535/) });
    expect(check?.detail).toBe(
      `1 of 1 failed. no response (a security group, a firewall or a route): 127.0.0.1:${port}`,
    );
    expect(exitCode).toBe(6);
  } finally {
    stop();
    await deaf?.close();
  }
});

test('outside the VPC, connections that fail are warnings', async () => {
  const run = await examine(awayFrom('255.255.255.255'), '', away);
  expect(run.checks.find(({ id }) => id === 'network-tcp')).toMatchObject({ result: 'warning' });
  expect(run.checks.find(({ id }) => id === 'network-tls')).toMatchObject({
    result: 'skipped',
    detail: 'there is no TCP connection',
  });
});

test('nothing is asked that a failed check makes needless', async () => {
  const { requests, checks } = await examine(() => ({ env: elsewhere }));
  expect(requests).toBe(1);
  const skipped = checks.filter(({ result }) => result === 'skipped');
  expect(skipped.length).toBe(checks.length - 2);
  for (const { detail } of skipped) expect(detail).toBe("'Sign-in' failed");
});

test('the environment cannot turn a bad certificate into a good one', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const { checks } = await examine(() => ({ tls: 'certificate' })).finally(() => vi.unstubAllEnvs());
  expect(checks.find(({ id }) => id === 'network-tls')).toMatchObject({ result: 'error' });
});

test('a certificate of an authority that Node does not know', async () => {
  const { checks } = await examine(() => ({}), '', { isTrusting: false });
  expect(checks.find(({ id }) => id === 'network-tls')?.detail).toMatch(
    /^the certificate is from an unknown authority: /,
  );
});

test('with an old and a new service in a region, each has its own result', async () => {
  const [old, mapped] = [
    { ...gcp().GCP[0], portMappingEnabled: false },
    { ...gcp().GCP[0], id: '6b074f0407a4d16704be228d', endpointGroupNames: [] },
  ];
  const { checks } = await examine(() => ({
    services: { AWS: [], AZURE: [], GCP: [old, mapped] },
    interfaces: { rule: { status: 'AVAILABLE' } },
    clusters: [
      clusterWith(
        {},
        {
          configs: [nodesIn('GCP', 'US_EAST_4')],
          privateEndpoint: [{ srvConnectionString: `mongodb+srv://${srvName}`, endpoints: [{ endpointId: 'rule' }] }],
        },
      ),
    ],
  }));
  const results = (id: string) => checks.filter((each) => each.id === id).map(({ result }) => result);
  expect(results('interface-attached')).toEqual(['success', 'error']);
  expect(results('cluster-string')).toEqual(['success', 'skipped']);
  expect(results('network-tls')).toEqual(['success']);
});

test('each check needs only checks before it', () => {
  const before = new Set<string>();
  for (const { groups } of categoriesOf({ hasCloud: true, hasNetwork: true })) {
    for (const { checks } of groups) {
      for (const { id, needs } of checks) {
        for (const need of needs) expect(before, `${id} needs ${need}`).toContain(need);
        before.add(id);
      }
    }
  }
  expect([...before].toSorted()).toEqual([...new Set([...Object.keys(rows), ...cloudIds])].toSorted());
});

const cloudIds = ['cloud-addresses', 'cloud-dns', 'cloud-endpoint', 'cloud-ports', 'cloud-zones'];
