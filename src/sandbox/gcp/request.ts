import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/all.js';
import { type CloudRoute, cloudRead, hasPermission } from '../collection.js';
import { ensure, Refusal, type RestRequest } from '../frontend.js';
import { shown } from '../read-keys.js';
import type { World } from '../world.js';
import { type gcpApis, gcpPlace, gcpProjects } from './account.js';

export interface GcpRequest extends RestRequest {
  project: string;
  /** `projects/a`, `projects/a/global`, or `projects/a/regions/b`. */
  place: string;
}

export const inProject = '/compute/v1/projects/{project}';
export const inRegion = `${inProject}/regions/{region}`;
export const inGlobal = `${inProject}/(?<scope>global)`;

export function gcpRead(path: string, action: string, reply: (request: GcpRequest) => AnswerBody, method = 'GET') {
  return cloudRead(path, action, (request: GcpRequest) => ({ body: withUrls(request, reply(request)) }), method);
}

/** An answer in which the paths of resources, from `projects/` on, are URLs. */
export function withUrls({ root }: RestRequest, answer: AnswerBody): AnswerBody {
  const isPath = (value: unknown) => typeof value === 'string' && /^projects\/\S+$/.test(value);
  const show = (key: string, value: unknown) =>
    key !== 'description' && isPath(value) ? `${root}/compute/v1/${value}` : value;
  return JSON.parse(JSON.stringify(answer, show));
}

/** Google's own names. */
const queryNames = `$.xgafv $alt access_token alt callback fields key oauth_token prettyPrint quotaUser uploadType
  upload_protocol userIp requestId`.split(/\s+/);
const listNames =
  'filter maxResults orderBy pageToken returnPartialSuccess includeAllScopes serviceProjectNumber views'.split(' ');

export function checkGcpRequest(request: RestRequest, { action }: CloudRoute<GcpRequest>): GcpRequest {
  const { world, query, parts } = request;
  const { project = '', region, scope } = parts;
  const place = region === undefined && !scope ? `projects/${project}` : gcpPlace(project, region ?? '');
  ensureFound(gcpProjects(world).includes(project), `projects/${project}`);
  checkApi(world, action.startsWith('compute.') ? 'compute' : 'cloudresourcemanager', project);
  ensureFound(region === undefined || knownRegions('GCP').includes(region), place);
  // Anyone may ask which permissions they have.
  if (!action.endsWith('.testIamPermissions')) requirePermissions(world, place, action);
  const names = action.endsWith('.list') ? [...queryNames, ...listNames] : queryNames;
  checkNames(query.keys(), names);
  return { ...request, project, place };
}

export function checkApi({ options: { gcp } }: World, api: (typeof gcpApis)[number], project: string): void {
  const service = `${api}.googleapis.com`;
  const what = `${service} has not been used in project ${project} before or it is disabled.`;
  const details = [{ reason: 'SERVICE_DISABLED', metadata: { service } }];
  ensure(!gcp.disabledApis?.includes(api), 'accessNotConfigured', what, 403, { details });
}

export function requirePermissions({ options: { gcp } }: World, path: string, ...permissions: string[]): void {
  const missing = permissions.find((each) => !hasPermission(gcp.without, each));
  ensure(missing === undefined, 'forbidden', `Required '${missing}' permission for '${path}'`, 403);
}

/** The resources of Google's own description: compute v1, revision 20261106. */
const schemas = {
  Address: `address addressType creationTimestamp description id ipCollection ipVersion
    ipv6EndpointType kind labelFingerprint labels name network networkAttachment
    networkTier prefixLength purpose region selfLink serviceClassId status subnetwork
    users`,
  ForwardingRule: `IPAddress IPAddresses IPProtocol allPorts allowGlobalAccess
    allowPscGlobalAccess attachedExtensions availabilityGroup backendService
    baseForwardingRule childForwardingRules creationTimestamp description
    externalManagedBackendBucketMigrationState
    externalManagedBackendBucketMigrationTestingPercentage fingerprint id ipCollection
    ipVersion isMirroringCollector kind labelFingerprint labels loadBalancingScheme
    metadataFilters name network networkTier noAutomateDnsZone parentForwardingRule
    portRange ports pscConnectionId pscConnectionStatus region selfLink selfLinkWithId
    serviceDirectoryRegistrations serviceLabel serviceName sourceIpRanges subnetwork
    target`,
  Network: `IPv4Range additionalTags autoCreateSubnetworks creationTimestamp description
    enableUlaInternalIpv6 firewallPolicy gatewayIPv4 id internalIpv6Range kind mtu name
    networkFirewallPolicyEnforcementOrder networkProfile params peerings routingConfig
    selfLink selfLinkWithId subnetworks`,
  Subnetwork: `allowSubnetCidrRoutesOverlap creationTimestamp description enableFlowLogs
    externalIpv6Prefix fingerprint gatewayAddress id internalIpv6Prefix ipCidrRange
    ipCollection ipv6AccessType ipv6CidrRange ipv6GceEndpoint kind logConfig name
    network params privateIpGoogleAccess privateIpv6GoogleAccess purpose region
    reservedInternalRange resolveSubnetMask role secondaryIpRanges selfLink stackType
    state systemReservedExternalIpv6Ranges systemReservedInternalIpv6Ranges
    utilizationDetails`,
  RegionSetLabelsRequest: 'labelFingerprint labels',
  TestPermissionsRequest: 'permissions',
} as const;

/** The body, without what is null. Throws Google's refusal of a key that its schema does not have. */
export function bodyOf({ body }: RestRequest, schema: keyof typeof schemas): AnswerBody {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  ensure(isObject, 'required', 'Required parameter is missing: resource');
  checkNames(Object.keys(body), schemas[schema].split(/\s+/));
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

export function checkField(body: AnswerBody, field: string, isFine: boolean, why: string): void {
  if (!isFine) throw invalidField(`resource.${field}`, body[field], why);
}

/** The path in a field, which may be a URL of any host. `shape`: what follows the project, where `*` is any name. */
export function pathIn(body: AnswerBody, field: string, shape: string): string {
  const path = String(body[field]).replace(/^https?:\/\/[^/]+\/.*?(?=projects\/)/, '');
  const pattern = new RegExp(`^projects/[^/]+/${shape.replaceAll('*', '[^/]+')}$`);
  checkField(body, field, pattern.test(path), 'The URL is malformed.');
  return path;
}

export function invalidField(field: string, value: unknown, why: string): Refusal {
  return new Refusal(400, 'invalid', `Invalid value for field '${field}': '${shown(value)}'. ${why}`);
}

function checkNames(given: Iterable<string>, known: readonly string[]) {
  const name = [...given].find((each) => !known.includes(each));
  const what = `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`;
  ensure(name === undefined, 'invalid', what);
}

export function ensureFound(found: unknown, path: string): asserts found {
  ensure(found, 'notFound', `The resource '${path}' was not found`, 404);
}
