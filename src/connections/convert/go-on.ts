import type { Cluster } from '../../atlas/clusters.js';
import { hasEnded, type InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { isReady } from '../../atlas/status.js';
import { CliError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { awaitEndpoints } from '../../endpoints/await.js';
import { createOnce } from '../../endpoints/create-once.js';
import { referTo } from '../../endpoints/find.js';
import { isOlder } from '../../endpoints/older.js';
import type { Session } from '../../endpoints/session.js';
import { nameOf } from '../../endpoints/view.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import { attachedTo, readAllAttached } from '../../interfaces/find.js';
import type { Patience } from '../../wait/patience.js';
import { awaitStrings } from '../await-strings.js';
import { createCoverage } from '../coverage.js';
import type { Pair } from './pair.js';
import { clustersOf, stringsThrough } from './strings.js';

interface Time {
  timeoutMs: number;
  patience: Patience;
}

/** Returns the new service, ready. Creates it if it doesn't exist yet. */
export async function mappedFor(
  session: Session,
  { older, mapped }: Pair & { older: Endpoint },
  { timeoutMs, patience }: Time,
): Promise<Endpoint> {
  const { io } = session;
  const { provider, region, atlasRegion } = older;
  if (mapped) io.note(`${nameOf(mapped)} has port mapping and will replace ${nameOf(older)}.`);
  const request = { provider, atlasRegion, portMapping: true };
  const place = { region, atlasRegion, known: true };
  const asked = mapped ?? (await createOnce(session, request, place, true));
  if (!mapped) io.note(`Created ${nameOf(asked)} with port mapping. It will replace ${nameOf(older)}.`);
  if (isReady(asked.status)) return asked;
  const [ready = asked] = await awaitEndpoints(session, [asked], { until: 'ready', timeoutMs }, { patience });
  return ready;
}

/** Waits until an interface endpoint of the new service is AVAILABLE. Returns false if none is attached. */
export async function awaitAttached(
  session: Session,
  { older, mapped }: { older: Endpoint; mapped: Endpoint },
  { timeoutMs, patience }: Time,
): Promise<boolean> {
  await checkNames(session, older, mapped);
  const now = await readAllAttached(session, [mapped]);
  if (now.some(isAvailable)) return true;
  const usable = now.filter((each) => !hasEnded(each));
  for (const { id, status, errorMessage } of now.filter(hasEnded)) {
    session.io.warn(`${id} is ${status}${errorMessage === null ? '.' : `: ${errorMessage.replace(/\.$/, '')}.`}`);
  }
  if (usable.length === 0) return false;
  const goal = { until: 'AVAILABLE', timeoutMs, any: true } as const;
  await awaitInterfaces(session, attachedTo([mapped]), usable, goal, { patience });
  return true;
}

export function isAvailable({ status }: Pick<InterfaceEndpoint, 'status'>): boolean {
  return status === 'AVAILABLE';
}

/** A connection string shows only the name of an interface endpoint. So the two services must not share a name. */
async function checkNames(session: Session, older: Endpoint, mapped: Endpoint): Promise<void> {
  const same = mapped.interfaceEndpoints.filter((id) => older.interfaceEndpoints.includes(id));
  const [first] = same;
  if (first === undefined) return;
  const remove = session.commandLine(cmd`interface remove ${await referTo(session, mapped)} ${first} --wait`);
  throw new CliError(
    'conflict',
    `The old and the new private endpoint service both have an interface endpoint named ${first}. Their connection strings cannot be told apart.`,
    {
      hint: {
        text: 'Create a forwarding rule with a different name. To remove the new interface endpoint:',
        commands: [remove],
      },
    },
  );
}

/** Shows what to create in the user's cloud account, and how to attach it. */
export async function hintAttach(session: Session, mapped: Endpoint, again: string): Promise<void> {
  const { io, commandLine } = session;
  io.note(`${nameOf(mapped)} has no interface endpoint yet.`);
  const next = clouds[mapped.provider].service.connect(mapped);
  if (!next) return;
  const attach = commandLine(cmd`interface add ${await referTo(session, mapped)} ${next.attach}`);
  io.hint({
    text: `Create a forwarding rule in your ${clouds[mapped.provider].title} project, attach it, and continue:`,
    commands: [next.command.text, attach, again],
  });
}

/** Waits until each cluster that can have a connection string through the new service has one. */
export async function awaitNewStrings(
  session: Session,
  pair: Pair & { mapped: Endpoint },
  { patience }: Time,
): Promise<void> {
  const { mapped } = pair;
  const { projectId } = mapped;
  const atlas = await session.atlas();
  // Only services with port mapping count: a connection string leads through services of one kind.
  const coverage = createCoverage(
    session,
    { projectId, services: [mapped], isMeant: () => true },
    { counts: (service) => !isOlder(service) },
  );
  const stringsOf = stringsThrough(mapped);
  const hopeful: Cluster[] = [];
  for (const cluster of clustersOf(pair, await atlas.listClusters(projectId))) {
    const uncovered = stringsOf(cluster).length > 0 || cluster.isPaused ? [] : await coverage.uncoveredOf(cluster);
    if (cluster.isPaused) session.io.note(`${cluster.name} is paused, so it does not get a new connection string.`);
    else if (uncovered.length === 0) hopeful.push(cluster);
    else {
      session.io.note(
        `${cluster.name} does not get a new connection string yet, because it also has nodes in ${listed(uncovered)}. Each of its regions needs an interface endpoint with port mapping.`,
      );
    }
  }
  await awaitStrings(session, hopeful, {
    projectId,
    stringsOf,
    patience,
    named: { endpoint: await referTo(session, mapped) },
  });
}
