import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { tellAtlasOfDelete } from '../linking.js';
import type { CloudRoute } from '../rest.js';
import { usersOf } from './addresses.js';
import { checkFingerprint, findGcp, insertError, isListed, removeGcp, setLabels } from './collection.js';
import { connectionStatus, serviceAt } from './linking.js';
import { aggregatedAnswer, aggregatedNames, listAnswer, listNames } from './lists.js';
import { findSubnetwork, networksOf } from './network.js';
import { operationMs, startOperation } from './operations.js';
import { checkQuota } from './quotas.js';
import { GcpRefusal, invalidField, notFound } from './refusal.js';
import {
  bodyOf,
  checkApi,
  type GcpRequest,
  gcpChange,
  gcpRead,
  inProject,
  inRegion,
  pathIn,
  readNamed,
  requirePermissions,
} from './request.js';
import {
  fingerprintOf,
  gcpId,
  gcpPath,
  gcpUrl,
  isThere,
  type OperationError,
  type StoredAddress,
  type StoredForwardingRule,
  withGcp,
} from './resources.js';

/* Forwarding rules to service attachments. */

const may = (verb: string) => `compute.forwardingRules.${verb}`;

export const forwardingRuleRoutes: readonly CloudRoute[] = [
  gcpRead(
    `${inRegion}/forwardingRules`,
    may('list'),
    (request) => listAnswer(request, 'forwardingRuleList', answers(request, request.region)),
    listNames,
  ),
  gcpRead(
    `${inProject}/aggregated/forwardingRules`,
    may('list'),
    (request) =>
      aggregatedAnswer(
        request,
        'forwardingRuleAggregatedList',
        'forwardingRules',
        answers(request),
        knownRegions('GCP'),
      ),
    aggregatedNames,
  ),
  gcpRead(`${inRegion}/forwardingRules/{name}`, may('get'), (request) =>
    ruleAnswer(request, findGcp(request, 'forwardingRules')),
  ),
  gcpChange('POST', `${inRegion}/forwardingRules`, may('create'), insert),
  gcpChange('PATCH', `${inRegion}/forwardingRules/{name}`, may('update'), patch),
  gcpChange('POST', `${inRegion}/forwardingRules/{name}/setLabels`, may('setLabels'), (request) => {
    requirePermissions(request.world, `projects/${request.project}`, [may('pscSetLabels')]);
    return setLabels(request, 'forwardingRules');
  }),
  gcpChange('DELETE', `${inRegion}/forwardingRules/{name}`, may('delete'), (request) => {
    const rule = findGcp(request, 'forwardingRules');
    const needed = [may('pscDelete'), 'servicedirectory.services.delete'];
    requirePermissions(request.world, gcpPath('forwardingRules', rule), needed);
    const { world, operation } = removeGcp(request, 'forwardingRules', rule, 'deleteRegionPscForwardingRule');
    const { acceptedBy } = rule;
    if (!acceptedBy) return { world, operation };
    const { service, endpoint } = acceptedBy;
    return { world: tellAtlasOfDelete(world, 'forwarding rule', endpoint, request.now, service), operation };
  }),
];

function answers(request: GcpRequest, region?: string): AnswerBody[] {
  const all = request.world.gcp.forwardingRules.filter((each) => isListed(request, each, region));
  return all.map((each) => ruleAnswer(request, each));
}

function ruleAnswer(request: GcpRequest, rule: StoredForwardingRule): AnswerBody {
  const { project, region, name, id, description, createdAt, readyAt, labels } = rule;
  const { target, network, ip, globalAccess, connectionId } = rule;
  const isReady = request.now >= readyAt;
  return {
    kind: 'compute#forwardingRule',
    id,
    creationTimestamp: new Date(createdAt).toISOString(),
    name,
    description,
    IPAddress: ip,
    target: gcpUrl(request, target),
    network: gcpUrl(request, network),
    networkTier: 'PREMIUM',
    ...(globalAccess && { allowPscGlobalAccess: true }),
    ...(Object.keys(labels).length > 0 && { labels }),
    labelFingerprint: fingerprintOf(labels),
    fingerprint: fingerprintOf(rule),
    ...(isReady && { pscConnectionId: connectionId, pscConnectionStatus: connectionStatus(request, rule) }),
    serviceDirectoryRegistrations: [{ namespace: 'goog-psc-default' }],
    region: gcpUrl(request, `projects/${project}/regions/${region}`),
    selfLink: gcpUrl(request, gcpPath('forwardingRules', rule)),
  };
}

/** The keys of a rule. Those that only answers have are ignored. */
const ignored = ['kind', 'id', 'creationTimestamp', 'region', 'selfLink', 'fingerprint', 'labelFingerprint'];
const ofPsc = ['target', 'network', 'IPAddress', 'allowPscGlobalAccess', 'noAutomateDnsZone', 'loadBalancingScheme'];
/** Those of other rules, which Google refuses for this kind. */
const ofOthers = ['labels', 'subnetwork', 'IPProtocol', 'ports', 'portRange', 'allPorts', 'backendService'];

function insert(request: GcpRequest) {
  const { world, now, fate, project, region } = request;
  const body = bodyOf(request, ['name', 'description', ...ofPsc, ...ofOthers, ...ignored]);
  const named = { ...readNamed(body), project, region };
  for (const key of ofOthers) {
    if (body[key] !== undefined)
      throw invalidField(
        `resource.${key}`,
        body[key],
        'It cannot be set for a forwarding rule to a service attachment.',
      );
  }
  const { loadBalancingScheme = '', allowPscGlobalAccess: globalAccess = false, noAutomateDnsZone = false } = body;
  if (loadBalancingScheme !== '')
    throw invalidField(
      'resource.loadBalancingScheme',
      loadBalancingScheme,
      'It must be empty for Private Service Connect.',
    );
  if (typeof globalAccess !== 'boolean')
    throw invalidField('resource.allowPscGlobalAccess', globalAccess, 'It must be true or false.');
  if (typeof noAutomateDnsZone !== 'boolean')
    throw invalidField('resource.noAutomateDnsZone', noAutomateDnsZone, 'It must be true or false.');
  const target = readTarget(request, body.target);
  const address = readAddress(request, body.IPAddress);
  const network = readNetwork(request, body.network, address);
  const needed = [may('pscCreate'), 'compute.addresses.use', 'servicedirectory.services.create'];
  requirePermissions(world, `projects/${project}`, [...needed, 'servicedirectory.namespaces.create']);
  requirePermissions(world, network, ['compute.networks.use']);
  checkApi(world, 'servicedirectory', project);

  const path = gcpPath('forwardingRules', named);
  if (world.gcp.forwardingRules.some((each) => gcpPath('forwardingRules', each) === path && isThere(each, now)))
    throw new GcpRefusal(409, 'alreadyExists', `The resource '${path}' already exists`);
  const id = gcpId(request);
  const error = insertError(fate) ?? taken(request, address) ?? exceeded(request);
  const started = { type: 'createRegionPscForwardingRule', target: path, targetId: id, error };
  if (error) return startOperation(request, world, started);
  const rule: StoredForwardingRule = {
    ...named,
    id,
    createdAt: now,
    readyAt: now + operationMs(world.options),
    goneAt: null,
    labels: {},
    fate,
    target,
    network,
    address: gcpPath('addresses', address),
    ip: address.ip,
    globalAccess,
    connectionId: gcpId(request, 17),
    acceptedBy: null,
  };
  return startOperation(request, withGcp(world, 'forwardingRules', rule), started);
}

function readTarget(request: GcpRequest, target: unknown): string {
  const path = pathIn(request, 'target', target, /^projects\/[^/]+\/regions\/[^/]+\/serviceAttachments\/[^/]+$/);
  if (!serviceAt(request, path)) throw notFound(path);
  if (path.split('/')[3] === request.region) return path;
  throw invalidField('resource.target', target, `The service attachment must be in region ${request.region}.`);
}

/** The reserved address, which is given by its URL or as a number. */
function readAddress(request: GcpRequest, given: unknown): StoredAddress {
  const all = request.world.gcp.addresses.filter((each) => isListed(request, each, request.region));
  const byNumber = all.find(({ ip }) => ip === given);
  const path = byNumber
    ? gcpPath('addresses', byNumber)
    : pathIn(request, 'IPAddress', given, /^projects\/[^/]+\/regions\/[^/]+\/addresses\/[^/]+$/);
  const address = all.find((each) => gcpPath('addresses', each) === path);
  if (!address) throw notFound(path);
  if (request.now >= address.readyAt && address.goneAt === null && address.fate?.kind !== 'never-ready') return address;
  throw new GcpRefusal(400, 'resourceNotReady', `The resource '${path}' is not ready`);
}

/** The network, which must be that of the address. */
function readNetwork(request: GcpRequest, given: unknown, { subnetwork }: StoredAddress): string {
  const { project, world } = request;
  const wanted = given ?? `projects/${project}/global/networks/default`;
  const path = pathIn(request, 'network', wanted, /^projects\/[^/]+\/global\/networks\/[^/]+$/);
  if (!networksOf(world, path.split('/')[1] ?? '').includes(path)) throw notFound(path);
  if (findSubnetwork(world, subnetwork)?.network === path) return path;
  throw invalidField('resource.network', wanted, 'The address is in a subnetwork of another network.');
}

function taken(request: GcpRequest, address: StoredAddress): OperationError | null {
  const [user] = usersOf(request, gcpPath('addresses', address));
  if (user === undefined) return null;
  const message = `IP '${address.ip}' is already being used by another resource '${user}'.`;
  return { status: 400, code: 'IP_IN_USE_BY_ANOTHER_RESOURCE', message };
}

function exceeded(request: GcpRequest): OperationError | null {
  const metric = 'PSC_INTERNAL_LB_FORWARDING_RULES';
  const quota = checkQuota(request, metric);
  if (!quota) return null;
  const limitName = `${metric.replaceAll('_', '-')}-per-project`;
  const metricName = `compute.googleapis.com/${metric.toLowerCase()}`;
  const quotaInfo = { metricName, limitName, limit: quota.limit, dimensions: { global: 'global' } };
  const message = `${quota.message} globally.`;
  return { status: 403, code: 'QUOTA_EXCEEDED', message, errorDetails: [{ quotaInfo }] };
}

/** Only global access can change in place. */
function patch(request: GcpRequest) {
  const rule = findGcp(request, 'forwardingRules');
  requirePermissions(request.world, gcpPath('forwardingRules', rule), [may('pscUpdate')]);
  const { allowPscGlobalAccess: globalAccess, fingerprint } = bodyOf(request, ['allowPscGlobalAccess', 'fingerprint']);
  if (typeof globalAccess !== 'boolean')
    throw invalidField('resource.allowPscGlobalAccess', globalAccess, 'It must be true or false.');
  if (fingerprint !== undefined) checkFingerprint(fingerprint, fingerprintOf(rule), 'Fingerprint');
  const world = withGcp(request.world, 'forwardingRules', { ...rule, globalAccess });
  const target = gcpPath('forwardingRules', rule);
  return startOperation(request, world, { type: 'patch', target, targetId: rule.id });
}
