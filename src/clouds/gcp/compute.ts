import type { Hint } from '../../base/errors.js';
import { at, type Json, objects, text, texts } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { type RequestLimits, remainingOf } from '../../http/ask.js';
import { RequestError } from '../../http/request-error.js';
import type { CloudContext } from '../cloud.js';
import { explainBy, hasCode, type Meaning, takenError, unlessRefused } from '../errors.js';
import { createNamed, untilAnswered, untilKnown } from '../operations.js';
import { openRest, type RestOptions, readPages } from '../rest.js';
import { shortName } from '../shapes.js';
import { bareDescription, type GcpAnswer, projectIn, toAddress, toGcpSubnet, toRule } from './model.js';

export interface GcpAccess extends Pick<RestOptions, 'exchange' | 'authorize'> {
  project: string;
  /** The base URLs of the two APIs, without a slash at the end. */
  compute: string;
  resourceManager: string;
  /** Who signs in with them, or where they were found; null if there are none. */
  principal: string | null;
  /** How to renew them. */
  signIn: string | Hint;
}

const isHarmlessPost = { method: 'POST', isHarmless: true, isChange: false } as const;

interface PermissionScope {
  /** Default: the project. */
  subnet?: string;
  others?: readonly string[];
}

export type Compute = ReturnType<typeof openCompute>;

/** The calls of Google's Compute API in one region. Each throws a RequestError. */
export function openCompute(region: string, access: GcpAccess, context: CloudContext) {
  const { project } = access;
  const calls = openCalls(region, access, context);
  const { here, rest, manager, get, list } = calls;
  const usableSubnets = (of: string) =>
    list('subnetworks.list', `projects/${of}/aggregated/subnetworks/listUsable`, toGcpSubnet);
  return {
    project,
    rules: collection(calls, 'forwardingRules', 'forwarding rule', '', (answer) => toRule(answer, region)),
    addresses: collection(calls, 'addresses', 'address', 'Internal', (answer) => toAddress(answer, region)),
    subnets: () => list('subnetworks.list', `${here}/subnetworks`, toGcpSubnet),
    subnet: async (path: string) => [toGcpSubnet(await get('subnetworks.get', path))],
    usableSubnets,
    /** The subnets that another project shares with this one, in all regions; none if there is no such project. */
    sharedSubnets: async () => {
      const host = text((await get('projects.get', `projects/${project}/getXpnHost`)).name);
      return host === null ? [] : usableSubnets(host);
    },
    /** Throws if a permission is missing. Warns of one of `others`, which may not be needed, and if none can be read. */
    checkPermissions: async (needed: readonly string[], { subnet, others = [] }: PermissionScope = {}) => {
      const permissions = [...needed, ...others];
      const [where, by, resource, path] = subnet
        ? [`${projectIn(subnet)} (subnet ${shortName(subnet)})`, rest, 'compute.subnetworks', `/${subnet}/`]
        : [project, manager, 'resourcemanager.projects', `/v3/projects/${project}:`];
      const action = `${resource}.testIamPermissions`;
      const asked = by({ ...isHarmlessPost, action, path: `${path}testIamPermissions`, body: { permissions } });
      let granted: readonly string[];
      try {
        granted = texts(at((await asked).body, 'permissions'));
      } catch (error) {
        // An API for this may be off: what follows may be allowed.
        if (!hasCode(error, ...deniedStatuses)) throw error;
        return context.io.warn(`Cannot check the permissions in Google project ${where}. ${error.message}`);
      }
      const lacks = (some: readonly string[]) => some.filter((each) => !granted.includes(each));
      const [missing, maybe] = [lacks(needed), lacks(others)];
      const what = `Missing permissions in Google project ${where}`;
      if (missing.length === 0 && maybe.length > 0)
        context.io.warn(`${what}, which not every network needs: ${listed(maybe, 20)}.`);
      const details = { exit: 'notAllowed', errorCode: 'forbidden', hint: permissionHint } as const;
      if (missing.length > 0) throw new RequestError(`${what}: ${listed(missing, 20)}.`, details);
    },
    quotas: async () => {
      const ofRegion = get('regions.get', `${here}?fields=quotas`);
      const ofProject = get('projects.get', `projects/${project}?fields=quotas`);
      return (await Promise.all([ofRegion, ofProject])).flatMap(({ quotas }) => objects(quotas));
    },
    firewalls: (network: string) => get('networks.getEffectiveFirewalls', `${network}/getEffectiveFirewalls`),
  };
}

type Calls = ReturnType<typeof openCalls>;

function openCalls(region: string, access: GcpAccess, context: CloudContext) {
  const refusal: RestOptions['refusal'] = ({ action, status, body }) => explain(access, action, status, body);
  const restTo = (baseUrl: string) => openRest({ name: 'GCP', baseUrl, ...access, refusal }, context);
  const [rest, manager] = [restTo(access.compute), restTo(access.resourceManager)];
  const here = `projects/${access.project}/regions/${region}`;
  const send = async (request: Parameters<typeof rest>[0]) => Object((await rest(request)).body) as GcpAnswer;
  const get = (name: string, path: string, limits?: RequestLimits) =>
    send({ action: `compute.${name}`, method: 'GET', path: `/${path}`, limits });
  const list = <T>(name: string, path: string, read: (item: GcpAnswer) => T) =>
    readPages(`compute.${name}`, async (token) => {
      const page = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
      const { items, nextPageToken: next } = await get(name, `${path}?maxResults=500${page}`);
      return { items: objects(items).map(read), next };
    });
  /** Changes something, and waits until Google has done it. Without an answer it may have been done. */
  const change = async (action: string, method: 'POST' | 'DELETE', path: string, body?: Json) => {
    let operation = await send({ action, method, path: `/${here}/${path}`, body });
    const wait = { action: 'compute.regionOperations.get', path: `/${here}/operations/${operation.name}/wait` };
    const ended = async () => {
      // Google holds a request for an operation up to 2 minutes, or answers it at once.
      const limits = { tries: 3, timeoutMs: Math.min(125_000, Math.max(1000, remainingOf(context))) };
      if (operation.status !== 'DONE') operation = await send({ ...isHarmlessPost, ...wait, limits });
      return operation.status === 'DONE' ? operation : undefined;
    };
    const undone = `GCP has not finished ${action}.`;
    const { error, httpErrorStatusCode = 400 } = await untilAnswered(context, undone, ended, () => 1000);
    if (error) throw explain(access, action, Number(httpErrorStatusCode), operation);
  };
  return { context, here, rest, manager, get, list, change };
}

/** `kind`: what Google adds to the names of the permissions for changes. */
function collection<T extends { ip: string; description: string }>(
  { context, here, change, ...calls }: Calls,
  name: string,
  what: string,
  kind: string,
  read: (answer: GcpAnswer) => T,
) {
  const get = async (id: string, limits?: RequestLimits) => {
    const found = await unlessRefused(calls.get(`${name}.get`, `${here}/${name}/${id}`, limits), 404);
    return found === undefined ? null : read(found);
  };
  return {
    list: () => calls.list(`${name}.list`, `${here}/${name}`, read),
    get,
    /** Creates it, and never two. What has its name must have its description. Returns it when it has an IP address. */
    create: async (body: { name: string; description: string; [key: string]: Json }): Promise<T> => {
      const find = async (limits?: RequestLimits) => {
        const found = await get(body.name, limits);
        if (found && bareDescription(found) !== bareDescription(body))
          throw takenError(`The ${what} ${body.name}`, takenHint);
        return found ?? undefined;
      };
      const isEarly = (error: unknown) => hasCode(error, 'resourceNotReady');
      const send = () =>
        untilKnown(context, isEarly, () => change(`compute.${name}.create${kind}`, 'POST', name, body));
      await createNamed<unknown>(context, { what, send, find, taken: ['alreadyExists', 'resourceAlreadyExists'] });
      return untilKnown(context, isEarly, async () => {
        const found = await find();
        if (found && found.ip !== '') return found;
        throw new RequestError(`The ${what} ${body.name} has no IP address yet.`, { errorCode: 'resourceNotReady' });
      });
    },
    /** Resolves also if there is none. */
    delete: async (id: string): Promise<void> => {
      try {
        await change(`compute.${name}.delete${kind}`, 'DELETE', `${name}/${id}`);
      } catch (error) {
        if (!hasCode(error, 'notFound', 'resourceNotFound')) throw error;
        // It is deleted already, and Google may still show it; or Google doesn't know the operation.
        const isSame = (each: unknown): each is RequestError => each === error;
        await untilKnown(context, isSame, async () => {
          if (await get(id)) throw error;
        });
      }
    },
  };
}

/* Google's errors by status first and reason second: the wording of messages changes. */

const passing = ['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED', 'resourceNotReady'];
const policyHint = 'Ask an administrator of the Google organization for an exception, or choose another project.';
export const quotaHint = 'Request a higher quota in the Google Cloud console, or remove what is not in use.';
export const takenHint = 'Delete it, or choose another Google project with --gcp-project.';
const permissionHint =
  'Ask an administrator, with a Shared VPC that of the host project. docs/connect.md lists all permissions and roles.';

/** Of `{error: {message, errors: [{reason}], details: [{reason, metadata}]}}`. Errors of operations have a code and a message. */
function explain({ project, signIn }: GcpAccess, action: string, status: number, body: unknown) {
  const error = Object(Object(body).error);
  const [first = {}] = objects(error.errors);
  const info = objects(error.details).find(({ reason }) => typeof reason === 'string');
  // Operations write RESOURCE_NOT_READY for what answers call resourceNotReady.
  const code = text(first.code)
    ?.toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const reason = text(first.reason) ?? text(info?.reason) ?? code ?? text(error.status) ?? `HTTP ${status}`;
  const said = (text(error.message) ?? text(first.message) ?? 'no reason given').trim().replace(/\.$/, '');
  const usual = action.startsWith('resourcemanager.') ? 'cloudresourcemanager' : 'compute';
  const api = text(Object(info?.metadata).service) ?? `${usual}.googleapis.com`;
  const commands = [cmd`gcloud services enable ${api} --project ${project}`.text];
  const enable = { text: 'Enable it, then wait a minute:', commands };
  const [of, what] = [`of Google project ${project}`, `GCP rejected ${action}: ${said}`];
  const rows: readonly Meaning[] = [
    [[401], 'GCP rejected the credentials, or they have expired', signIn],
    [
      ['accessNotConfigured', 'SERVICE_DISABLED'],
      `The API ${api} is not enabled in Google project ${project}`,
      enable,
    ],
    [['quotaExceeded'], `A quota ${of} is used up: ${said}`, quotaHint],
    [[412], `An organization policy ${of} forbids ${action}: ${said}`, policyHint],
    [[403, 'permissionsError'], `GCP denied ${action}: ${said}`, permissionHint],
    [[404], what, 'Check the name, the Google project and the region.', 'notFound'],
    [['ipSpaceExhausted'], what, 'Choose another subnet with --subnet.', 'usage'],
  ];
  return explainBy(rows, { errorCode: reason, status, what, isEarly: passing.includes(reason) });
}

/** The statuses of answers if an API is not enabled, a permission is missing or not known, or the like. */
export const deniedStatuses = [400, 403] as const;
