import { objects, text, texts } from '../../base/json.js';
import type { RequestLimits } from '../../base/request-limits.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import { openRest, type RestOptions } from '../rest.js';
import { explain } from './explain.js';
import { type GcpAnswer, toAddress, toGcpSubnet, toRule } from './model.js';
import type { GcpCredentials } from './settings.js';

/** How to get into a Google project. */
export interface GcpAccess extends GcpCredentials, Pick<RestOptions, 'exchange'> {
  project: string;
  /** The base URLs of the two APIs, without a slash at the end. */
  compute: string;
  resourceManager: string;
}

/** No list has this many pages. */
const mostPages = 100;
/** Google holds a request for an operation up to 2 minutes. */
const holdMs = 125_000;

/** The calls of Google's Compute API in one region. Each throws a CloudError. */
export type Compute = ReturnType<typeof openCompute>;

export function openCompute(region: string, access: GcpAccess, line: CloudContext) {
  const { project, signIn, exchange, headers, compute, resourceManager } = access;
  const { clock, signal, left = () => Number.POSITIVE_INFINITY } = line;
  const about = (action: string) => ({ action, project, signIn });
  const refusal: RestOptions['refusal'] = ({ status, body, action }) => explain(status, body, about(action));
  const restTo = (baseUrl: string) => openRest({ name: 'GCP', baseUrl, exchange, authorize: headers, refusal }, line);
  const [rest, manager] = [restTo(compute), restTo(resourceManager)];
  const here = `projects/${project}/regions/${region}`;

  const get = async (action: string, path: string, limits?: RequestLimits) => {
    const { body } = await rest({ action: `compute.${action}`, method: 'GET', path: `/${path}`, limits });
    return Object(body) as GcpAnswer;
  };
  const list = async <T>(action: string, path: string, read: (item: GcpAnswer) => T): Promise<T[]> => {
    const all: T[] = [];
    let token: string | null = '';
    for (let number = 1; token !== null && number <= mostPages; number++) {
      const page: string = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
      const answer: GcpAnswer = await get(action, `${path}?maxResults=500${page}`);
      all.push(...objects(answer.items).map(read));
      token = text(answer.nextPageToken) || null;
    }
    return all;
  };
  const orNull = async <T>(request: Promise<T>): Promise<T | null> => {
    try {
      return await request;
    } catch (error) {
      if (error instanceof CloudError && error.exit === 'notFound') return null;
      throw error;
    }
  };
  /** Changes something, and waits until Google has done it. Without an answer it may have been done. */
  const change = async (
    action: string,
    method: 'POST' | 'DELETE',
    path: string,
    body?: Record<string, string | boolean>,
  ) => {
    let operation = Object((await rest({ action, method, path: `/${here}/${path}`, body })).body) as GcpAnswer;
    while (operation.status !== 'DONE') {
      const what = `GCP has not finished ${action} yet.`;
      if (typeof operation.name !== 'string' || left() <= 0) throw new CloudError(what, { mayHaveArrived: true });
      const limits = { tries: 3, timeoutMs: Math.min(holdMs, Math.max(1000, left())) };
      const wait = `/${here}/operations/${operation.name}/wait`;
      const asked = { action: 'compute.regionOperations.get', method: 'POST', path: wait, limits } as const;
      operation = Object((await rest({ ...asked, isHarmless: true, isChange: false })).body) as GcpAnswer;
      // Google may answer at once.
      if (operation.status !== 'DONE') await clock.sleep(1000, signal);
    }
    if (operation.error) throw explain(Number(operation.httpErrorStatusCode ?? 400), operation, about(action));
  };
  /** Those of the permissions that are missing. */
  const missing = async (by: typeof rest, action: string, path: string, permissions: readonly string[]) => {
    const asked = { action, method: 'POST', path, isHarmless: true, isChange: false } as const;
    const granted = texts(Object((await by({ ...asked, body: { permissions: [...permissions] } })).body).permissions);
    return permissions.filter((each) => !granted.includes(each));
  };

  return {
    rules: () => list('forwardingRules.list', `${here}/forwardingRules`, toRule),
    addresses: () => list('addresses.list', `${here}/addresses`, toAddress),
    subnets: () => list('subnetworks.list', `${here}/subnetworks`, toGcpSubnet),
    /** The subnets of another project that this account may use, in all regions. */
    usableSubnets: (host: string) =>
      list('subnetworks.list', `projects/${host}/aggregated/subnetworks/listUsable`, toGcpSubnet),
    /** Null if Google doesn't know it, which may be so for some seconds after its creation. */
    rule: async (name: string, limits?: RequestLimits) => {
      const answer = await orNull(get('forwardingRules.get', `${here}/forwardingRules/${name}`, limits));
      return answer && toRule(answer);
    },
    address: async (name: string, limits?: RequestLimits) => {
      const answer = await orNull(get('addresses.get', `${here}/addresses/${name}`, limits));
      return answer && toAddress(answer);
    },
    subnet: async (path: string) => [toGcpSubnet(await get('subnetworks.get', path))],
    /** The project that shares its networks with this one; null if there is none. */
    host: async () => text((await get('projects.get', `projects/${project}/getXpnHost`)).name),
    reserve: (requestId: string, address: { name: string; description: string; subnetwork: string }) =>
      change('compute.addresses.createInternal', 'POST', `addresses?requestId=${requestId}`, {
        ...address,
        addressType: 'INTERNAL',
      }),
    connect: (requestId: string, rule: { name: string } & Record<string, string | boolean>) =>
      change('compute.forwardingRules.create', 'POST', `forwardingRules?requestId=${requestId}`, {
        ...rule,
        IPAddress: `${here}/addresses/${rule.name}`,
      }),
    deleteRule: async (name: string) => {
      await orNull(change('compute.forwardingRules.delete', 'DELETE', `forwardingRules/${name}`));
    },
    deleteAddress: async (name: string) => {
      await orNull(change('compute.addresses.deleteInternal', 'DELETE', `addresses/${name}`));
    },
    missingInProject: (permissions: readonly string[]) =>
      missing(
        manager,
        'resourcemanager.projects.testIamPermissions',
        `/v3/projects/${project}:testIamPermissions`,
        permissions,
      ),
    missingInSubnet: (subnet: string, permissions: readonly string[]) =>
      missing(rest, 'compute.subnetworks.testIamPermissions', `/${subnet}/testIamPermissions`, permissions),
    /** `path`: of the project, or of its region. */
    quotas: async (action: string, path = here) => objects((await get(action, `${path}?fields=quotas`)).quotas),
    firewalls: (network: string) => get('networks.getEffectiveFirewalls', `${network}/getEffectiveFirewalls`),
  };
}
