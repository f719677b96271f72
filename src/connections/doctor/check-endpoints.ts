import type { Cluster } from '../../atlas/clusters.js';
import { toInterface } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { type CliError, isFailure } from '../../base/errors.js';
import { once } from '../../base/once.js';
import { eachOf } from '../../endpoints/ask.js';
import { referrer } from '../../endpoints/find.js';
import type { Failure } from '../../endpoints/read-lists.js';
import type { Session } from '../../endpoints/session.js';
import { type Attached, attachedTo, readAttached } from '../../interfaces/find.js';
import type { Category } from './check.js';
import { clusterChecks } from './clusters.js';
import { interfaceChecks } from './interface.js';
import type { ProjectFacts } from './project-facts.js';
import { runChecks } from './run-checks.js';
import { serviceChecks } from './service.js';

/** What is wrong with an endpoint, in a few words. */
export interface Verdict {
  text: string;
  isError: boolean;
}

const categories: readonly Category<ProjectFacts>[] = [serviceChecks, interfaceChecks, clusterChecks];

/** How many interface endpoints are read in a project: first those that no connection string leads through. */
const mostReads = 2;

interface Checking {
  /** Called for a project whose clusters can't be read. Its endpoints have no verdict then. */
  onFailure(failure: Failure): void;
  /** Called with the number of projects that are done. */
  onDone?(count: number): void;
}

/**
 * Checks endpoints as Atlas describes them, without DNS and connections. `all` are all services of these projects. Needs
 * at most three requests for each project.
 */
export async function checkEndpoints(
  session: Session,
  all: readonly Endpoint[],
  { onFailure, onDone }: Checking,
): Promise<Map<Endpoint, Verdict>> {
  const atlas = await session.atlas();
  const refer = await referrer(session);
  const verdicts = new Map<Endpoint, Verdict>();
  const projects = [...new Set(all.map(({ projectId }) => projectId))];
  let done = 0;
  await eachOf(projects, async (projectId) => {
    const services = all.filter((each) => each.projectId === projectId);
    const clusters = once(() => atlas.listClusters(projectId));
    const attached = readFew(session, services, clusters);
    const error = await clusters().then(() => undefined, failureOf);
    if (error) onFailure({ what: `Clusters of project ${projectId}`, error });
    for (const service of error ? [] : services) {
      const facts: ProjectFacts = {
        now: session.clock.now(),
        services: async () => [service],
        all: async () => services,
        attached,
        clusters,
        refer,
        session,
      };
      verdicts.set(service, await verdictOn(facts));
    }
    onDone?.(++done);
  });
  return verdicts;
}

async function verdictOn(facts: ProjectFacts): Promise<Verdict> {
  const checks = await runChecks(categories, facts);
  const [errors, warnings] = (['error', 'warning'] as const).map((result) =>
    checks.filter((check) => check.result === result).map(({ brief }) => brief),
  );
  const texts = [...new Set([...(errors ?? []), ...(warnings ?? [])])];
  return { text: texts.length === 0 ? 'ok' : texts.join('; '), isError: (errors ?? []).length > 0 };
}

/**
 * Reads few interface endpoints of a project. Others are AVAILABLE if a connection string leads through them, and
 * unknown if not.
 */
function readFew(
  session: Session,
  services: readonly Endpoint[],
  clusters: () => Promise<readonly Cluster[]>,
): ProjectFacts['attached'] {
  const choose = once(async () => {
    const strings = (await clusters()).flatMap((cluster) => cluster.strings);
    const used = new Set(strings.flatMap(({ endpoints }) => endpoints.map(({ id }) => id)));
    const all = attachedTo(services);
    const order = [...all.filter(({ id }) => !used.has(id)), ...all.filter(({ id }) => used.has(id))];
    const reads = order
      .slice(0, mostReads)
      .map((each) => [keyOf(each), once(() => readAttached(session, each))] as const);
    return { used, reads: new Map(reads) };
  });
  return async (service, id) => {
    const { used, reads } = await choose();
    const read = reads.get(keyOf({ service, id }));
    if (read) return read();
    return used.has(id) ? toInterface(service, id, { status: 'AVAILABLE' }) : undefined;
  };
}

function keyOf({ service, id }: Attached): string {
  return `${service.id} ${id}`;
}

/** For `catch`: the error if it is a failure. Throws anything else, such as an interruption. */
function failureOf(error: unknown): CliError {
  if (!isFailure(error)) throw error;
  return error;
}
