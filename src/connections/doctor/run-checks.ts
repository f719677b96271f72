import type { Cluster } from '../../atlas/clusters.js';
import { type Endpoint, toInterface } from '../../atlas/model.js';
import { isFailure } from '../../base/errors.js';
import { onceByKey } from '../../base/once.js';
import type { Provider } from '../../clouds/all.js';
import type { Context } from '../../endpoints/context.js';
import { eachOf, type Failure, type Lists, type Scope } from '../../endpoints/find.js';
import { type Attached, attachedTo, readAttached } from '../../endpoints/interfaces.js';
import { referrer } from '../../endpoints/name.js';
import { type Category, type Checked, type Finding, type Result, runChecks } from './check.js';
import { clusterCategory } from './clusters.js';
import { dnsCategory } from './dns.js';
import { formsOf, readFiles, stringCategory } from './given-string.js';
import { cloudCategory, interfaceCategory } from './interface.js';
import { networkCategory } from './network.js';
import { keyCategory, type ProjectFacts } from './open-facts.js';
import { openPath, type PathFacts, type Vantage } from './path.js';
import { serviceCategory } from './service.js';
import type { StringSubject } from './strings.js';

export const projectCategories: readonly Category<ProjectFacts>[] = [
  serviceCategory,
  interfaceCategory,
  clusterCategory,
];

/** The checks on the way to the nodes, for which Atlas isn't needed. */
export const pathCategories: readonly Category<PathFacts>[] = [dnsCategory, networkCategory];

export function categoriesOf({ hasCloud }: { hasCloud: boolean }) {
  return [keyCategory, ...projectCategories, dnsCategory, ...(hasCloud ? [cloudCategory] : []), networkCategory];
}

export interface Asked {
  strings: readonly StringSubject[];
  /** In their place, the variable of another machine that has one. */
  variable?: string | undefined;
  /** How a given string is written. Strings of Atlas have none, and may be for other networks. */
  findings?: readonly Finding[];
  /** The addresses that Atlas has on record for interface endpoints. */
  records?: readonly { ids: readonly string[]; addresses: readonly string[] }[];
}

export type CheckStrings = (asked: Asked, onCategory: (title: string) => void) => Promise<Checked[]>;

/** Checks strings on the machine that uses them: the files that they name, and the way to their nodes. */
export function checkStrings(context: Pick<Context, 'clock' | 'signal'>, vantage: Vantage): CheckStrings {
  return async ({ strings, findings, records = [] }, onCategory) => {
    const files = strings.map(readFiles);
    const faults = files.flatMap((each) => each.forms);
    const shown = (findings ?? []).filter(({ result }) => faults.length === 0 || result !== 'success');
    const forms = [...strings.flatMap((string) => formsOf(string, shown)), ...faults];
    const authority = vantage.authority ?? files[0]?.authority;
    const isHere = vantage.isHere || findings !== undefined;
    const certificate = files[0]?.certificate;
    const path = openPath(context, { ...vantage, authority, certificate, isHere }, async () => strings);
    path.recorded = async ({ endpointIds }) =>
      records.flatMap(({ ids, addresses }) => (ids.some((id) => endpointIds.includes(id)) ? addresses : []));
    const facts = { ...path, forms };
    const own = forms.length === 0 ? [] : [stringCategory];
    return runChecks<typeof facts>([...own, ...pathCategories], facts, onCategory);
  };
}

/** How many interface endpoints are read in a project: first those that no connection string leads through. */
const mostReads = 2;

/** Needs at most three requests a project, and lists of other clouds. What can't be read is added to `failures`. */
export async function checkEndpoints(
  context: Context,
  endpoints: readonly Endpoint[],
  read: Lists,
  failures: Failure[],
) {
  const atlas = await context.atlas();
  const refer = await referrer(context);
  const verdicts = new Map<Endpoint, Awaited<ReturnType<typeof verdictOn>>>();
  const projects = [...new Set(endpoints.map(({ projectId }) => projectId))];
  const all = [...read.lists.values()].flat();
  const failed = (what: string) => (error: unknown) => {
    if (!isFailure(error)) throw error;
    failures.push({ what, error });
    return undefined;
  };
  const listOnce = onceByKey();
  // A list that failed is not requested again.
  for (const scope of [...read.lists.keys(), ...read.failures.keys()])
    listOnce(scopeKey(scope), async () => read.lists.get(scope));
  await eachOf(projects, async (projectId) => {
    const isIn = (each: Endpoint) => each.projectId === projectId;
    const listed = (provider: Provider) =>
      listOnce(scopeKey({ projectId, provider }), async () =>
        atlas.listServices(projectId, provider).catch(failed(`${provider} in project ${projectId}`)),
      );
    const clusters = await atlas.listClusters(projectId).catch(failed(`Clusters of project ${projectId}`));
    const attached = readFew(context, all.filter(isIn), clusters ?? []);
    for (const service of clusters ? endpoints.filter(isIn) : []) {
      const facts: ProjectFacts = {
        services: async () => [service],
        unread: [],
        all: listed,
        attached,
        clusters: async () => clusters ?? [],
        refer,
        context,
      };
      verdicts.set(service, await verdictOn(facts));
    }
  });
  return verdicts;
}

async function verdictOn(facts: ProjectFacts) {
  const checks = await runChecks(projectCategories, facts);
  const briefs = (result: Result) => checks.filter((check) => check.result === result).map(({ brief }) => brief);
  const errors = briefs('error');
  const texts = [...new Set([...errors, ...briefs('warning')])];
  return { text: texts.join('; ') || 'ok', isError: errors.length > 0 };
}

/** Reads few interface endpoints of a project. The others are AVAILABLE if a connection string leads through them. */
function readFew(context: Context, services: readonly Endpoint[], clusters: readonly Cluster[]) {
  const keyOf = ({ service, id }: Attached) => `${service.id} ${id}`;
  const readOnce = onceByKey();
  const strings = clusters.flatMap((cluster) => cluster.strings);
  const used = new Set(strings.flatMap(({ endpoints }) => endpoints.map(({ id }) => id.toLowerCase())));
  const isUsed = (id: string) => used.has(id.toLowerCase());
  const order = attachedTo(services).toSorted((one, other) => Number(isUsed(one.id)) - Number(isUsed(other.id)));
  const first = order.slice(0, mostReads).map(keyOf);
  return async (service: Endpoint, id: string) => {
    const key = keyOf({ service, id });
    if (first.includes(key)) return readOnce(key, () => readAttached(context, { service, id }));
    return isUsed(id) ? toInterface(service, id, { status: 'AVAILABLE' }) : undefined;
  };
}

function scopeKey({ projectId, provider }: Scope) {
  return `${projectId} ${provider}`;
}
