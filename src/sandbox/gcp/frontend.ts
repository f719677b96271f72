import { texts } from '../../base/json.js';
import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/all.js';
import { type CloudRoute, hasPermission, requireToken } from '../collection.js';
import { type Frontend, restFrontend, type SandboxOptions } from '../frontend.js';
import { gcpNetworks, gcpPlace, numberOf, quotaOf, sandboxGcpToken, sandboxGcpTokenPath } from './account.js';
import { collectionRoutes, operationsIn, resourcesIn } from './collection.js';
import { aggregatedList, findIn, listRoutes, selectedPage } from './lists.js';
import { bodyOf, checkGcpRequest, type GcpRequest, gcpRead, inGlobal, inProject, inRegion } from './request.js';
import { addresses, forwardingRules, networks, subnetworks } from './resources.js';

export function gcpFrontend(prefix: string, options: SandboxOptions): Frontend {
  const rest = restFrontend(options, {
    prefix,
    // As recorded.
    type: 'application/json; charset=UTF-8',
    authenticate: requireToken([sandboxGcpToken], reasonOfStatus(401)),
    routes: [...reads, ...[networks, subnetworks, addresses, forwardingRules].flatMap(collectionRoutes)],
    check: checkGcpRequest,
    errorReply: ({ status: code, errorCode, message, more }) => {
      const reason = errorCode === 'INVALID_JSON' ? 'parseError' : errorCode;
      const errors = [{ message, domain: 'global', reason }];
      return { body: { error: { code, message, errors, ...more } } };
    },
    errorCode: reasonOfStatus,
  });
  return {
    ...rest,
    admit: async (arrival) => {
      const isSignIn = arrival.target.pathname === sandboxGcpTokenPath;
      return isSignIn ? { carryOut: async () => ({ body: issuedToken }) } : rest.admit(arrival);
    },
  };
}

/** Of Google's Security Token Service: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
const issuedToken = {
  access_token: sandboxGcpToken,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 3600,
};

const reasons: Readonly<Record<number, string>> = {
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  409: 'alreadyExists',
  412: 'conditionNotMet',
  429: 'rateLimitExceeded',
  501: 'notImplemented',
};

function reasonOfStatus(status: number) {
  return reasons[status] ?? (status < 500 ? 'invalid' : 'backendError');
}

const effective = 'getEffectiveFirewalls';

const reads: readonly CloudRoute<GcpRequest>[] = [
  gcpRead(inProject, 'compute.projects.get', (request) => {
    const quotas = [quotaOf(request, request.place, 'PSC_INTERNAL_LB_FORWARDING_RULES')];
    return { name: request.project, quotas, selfLink: request.place };
  }),
  gcpRead('/v1/projects/{project}', 'resourcemanager.projects.get', projectAnswer),
  ...listRoutes(`${inProject}/regions`, 'regions', regionsIn),
  ...listRoutes(`${inProject}/zones`, 'zones', zonesIn),
  ...listRoutes(`${inGlobal}/firewalls`, 'firewalls', firewallsIn),
  // The sandbox has none, but people list them.
  ...listRoutes(`${inGlobal}/addresses`, 'globalAddresses', () => []),
  ...listRoutes(`${inGlobal}/forwardingRules`, 'globalForwardingRules', () => []),
  aggregatedList('operations', 'globalOperations', operationsIn),
  gcpRead(`${inProject}/getXpnHost`, 'compute.projects.get', ({ project, world }) => {
    const { hostProject: name = project } = world.options.gcp;
    return name === project ? {} : { kind: 'compute#project', name };
  }),
  gcpRead(`${inProject}/aggregated/subnetworks/listUsable`, 'compute.subnetworks.list', (request) => {
    const all = resourcesIn(request, 'subnetworks').map(({ path, body }) => ({ subnetwork: path, ...body }));
    return { ...selectedPage(request, all), kind: 'compute#usableSubnetworksAggregatedList' };
  }),
  permissionsRead(`${inRegion}/subnetworks/{name}/testIamPermissions`, 'compute.subnetworks'),
  permissionsRead('/v3/projects/{project}:testIamPermissions', 'resourcemanager.projects'),
  gcpRead(`${inGlobal}/networks/{name}/${effective}`, `compute.networks.${effective}`, ({ world }) => {
    return { firewalls: world.options.gcp.firewalls ?? [] };
  }),
  ...[inRegion, inGlobal].flatMap((place) => {
    const resource = `${place === inRegion ? 'region' : 'global'}Operations`;
    // The real one waits up to two minutes, but may return earlier. This one returns at once.
    const wait = (request: GcpRequest) => findIn(request, 'operations', operationsIn(request));
    return [
      ...listRoutes(`${place}/operations`, resource, operationsIn),
      gcpRead(`${place}/operations/{name}/wait`, `compute.${resource}.get`, wait, 'POST'),
    ];
  }),
];

function permissionsRead(path: string, resource: string) {
  const test = (request: GcpRequest) => {
    const { permissions } = bodyOf(request);
    const granted = texts(permissions).filter((each) => hasPermission(request.world.options.gcp.without, each));
    return granted.length > 0 ? { permissions: granted } : {};
  };
  return gcpRead(path, `${resource}.testIamPermissions`, test, 'POST');
}

/* Projects, regions and zones, and the firewall rules of a network. They can only be read. */

function projectAnswer({ project }: GcpRequest): AnswerBody {
  return { projectId: project, name: project, projectNumber: numberOf(project), lifecycleState: 'ACTIVE' };
}

function regionsIn(request: GcpRequest): AnswerBody[] {
  return knownRegions('GCP').map((name) => {
    const selfLink = gcpPlace(request.project, name);
    const quotas = [quotaOf(request, selfLink, 'INTERNAL_ADDRESSES')];
    const zones = [...(letters[name] ?? 'abc')].map((each) => `projects/${request.project}/zones/${name}-${each}`);
    return { name, status: 'UP', quotas, zones, selfLink };
  });
}

function zonesIn(request: GcpRequest): AnswerBody[] {
  return regionsIn(request).flatMap(({ zones, selfLink: region }) =>
    texts(zones).map((selfLink) => ({ name: selfLink.replace(/.*\//, ''), status: 'UP', region, selfLink })),
  );
}

/** The letters of the zones of regions that do not have a, b and c. */
const letters: Readonly<Record<string, string>> = { 'us-central1': 'abcf', 'us-east1': 'bcd', 'europe-west1': 'bcd' };

/** The firewall rules of the faults file. One that names no network is shown with the first one. */
function firewallsIn({ world, place, project }: GcpRequest): AnswerBody[] {
  const [network] = gcpNetworks(world, project);
  return (world.options.gcp.firewalls ?? []).map((rule, index) => {
    const named = { name: `rule-${index + 1}`, network: network?.path, ...rule };
    return { ...named, selfLink: `${place}/firewalls/${named.name}` };
  });
}
