import type { Cluster } from '../../atlas/clusters.js';
import { hasEnded } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { isReady } from '../../atlas/status.js';
import { CliError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { awaitEndpoints } from '../../endpoints/await.js';
import { createOnce } from '../../endpoints/create-once.js';
import { referrer, referTo } from '../../endpoints/find.js';
import { isOlder } from '../../endpoints/older.js';
import type { Session } from '../../endpoints/session.js';
import { nameOf } from '../../endpoints/view.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import { attachedTo } from '../../interfaces/find.js';
import type { Deadline } from '../../wait/deadline.js';
import { awaitStrings, type StringsOf } from '../await-strings.js';
import { createEligibility } from '../eligibility.js';
import type { ServicePair } from './pair.js';
import { interfacesByProject, isAvailable, isBehind, type Sides, stringsBeside, stringsByProject } from './strings.js';

interface Time {
  timeoutMs: number;
  deadline: Deadline;
}

/** Returns the new service, ready. Creates it if it doesn't exist yet. */
export async function mappedFor(
  session: Session,
  { older, mapped }: ServicePair & { older: Endpoint },
  { timeoutMs, deadline }: Time,
): Promise<Endpoint> {
  const { io } = session;
  const { provider, region, atlasRegion } = older;
  if (mapped) io.note(`${nameOf(mapped)} has port mapping and will replace ${nameOf(older)}.`);
  const request = { provider, atlasRegion, portMapping: true };
  const place = { region, atlasRegion, known: true };
  const asked = mapped ?? (await createOnce(session, request, place, true));
  if (!mapped) io.note(`Created ${nameOf(asked)} with port mapping. It will replace ${nameOf(older)}.`);
  if (isReady(asked.status)) return asked;
  const [ready = asked] = await awaitEndpoints(session, [asked], { until: 'ready', timeoutMs }, { deadline });
  return ready;
}

/** Waits until the interface endpoints of the new service are AVAILABLE. Returns false if none is attached. */
export async function awaitAttached(
  session: Session,
  mapped: Endpoint,
  { allMapped }: Sides,
  { timeoutMs, deadline }: Time,
): Promise<boolean> {
  const now = allMapped.filter(({ endpointId }) => endpointId === mapped.id);
  for (const { id, status, errorMessage } of now.filter(hasEnded)) {
    session.io.warn(`${id} is ${status}${errorMessage === null ? '.' : `: ${errorMessage.replace(/\.$/, '')}.`}`);
  }
  const usable = now.filter((each) => !hasEnded(each));
  if (usable.length === 0) return false;
  if (usable.every(isAvailable)) return true;
  await awaitInterfaces(session, attachedTo([mapped]), usable, { until: 'AVAILABLE', timeoutMs }, { deadline });
  return true;
}

/**
 * Throws a conflict if an old and a new interface endpoint share a name. A connection string shows only this name, so
 * nobody could say which of them it uses.
 */
export async function checkNames(session: Session, { allOlder, allMapped }: Sides): Promise<void> {
  const same = allMapped.find(({ id }) => allOlder.some((older) => older.id === id));
  if (!same) return;
  const { projectId, endpointId, id } = same;
  const service = (await referrer(session))({ projectId, id: endpointId });
  const remove = session.commandLine(cmd`interface remove ${service} ${id} --wait`);
  throw new CliError(
    'conflict',
    `The old and the new private endpoint service both have an interface endpoint named ${id}. Their connection strings cannot be told apart.`,
    {
      hint: {
        text: 'Create a forwarding rule with a different name. To remove the new interface endpoint:',
        commands: [remove],
      },
    },
  );
}

/** Shows what to create in these Google projects, and how to attach it. */
export async function hintAttach(
  session: Session,
  mapped: Endpoint,
  projects: readonly string[],
  again: string,
): Promise<void> {
  const { io, commandLine } = session;
  const next = clouds[mapped.provider].service.connect(mapped);
  if (!next) return;
  const attach = commandLine(cmd`interface add ${await referTo(session, mapped)} ${next.attach}`);
  const [project, ...others] = projects;
  const where =
    project === undefined
      ? `your ${clouds[mapped.provider].title} project`
      : others.length > 0
        ? `each of the Google projects ${listed(projects)}`
        : `Google project ${project}`;
  io.hint({
    text: `Create a forwarding rule in ${where}, attach it, and continue:`,
    commands: [next.command.text, attach, again],
  });
}

/**
 * Waits until each cluster has a new connection string for each old one, as far as it can have them with the interface
 * endpoints that exist.
 */
export async function awaitNewStrings(
  session: Session,
  mapped: Endpoint,
  sides: Sides,
  { deadline }: Time,
): Promise<void> {
  const { projectId } = mapped;
  // Only services with port mapping count: a connection string leads through services of one kind.
  const eligibility = createEligibility(session, { projectId, services: [mapped] }, (service) => !isOlder(service));
  const stringsOf = newStringsOf(sides);
  const eligible: Cluster[] = [];
  for (const cluster of sides.clusters) {
    const uncovered = stringsOf(cluster).length > 0 || cluster.isPaused ? [] : await eligibility.uncoveredOf(cluster);
    if (cluster.isPaused) session.io.note(`${cluster.name} is paused, so it does not get a new connection string.`);
    else if (uncovered.length === 0) eligible.push(cluster);
    else {
      session.io.note(
        `${cluster.name} does not get a new connection string yet, because it also has nodes in ${listed(uncovered)}. Each of its regions needs an interface endpoint with port mapping.`,
      );
    }
  }
  await awaitStrings(session, eligible, {
    projectId,
    stringsOf,
    deadline,
    named: { endpoint: await referTo(session, mapped) },
  });
}

/**
 * The new connection strings of a cluster; none while some are to come. A cluster in one region gets a string for each
 * new interface endpoint, so in each Google project whose interface endpoints are replaced, it gets as many as it has
 * old ones. With more regions, the number depends on the other regions too.
 */
function newStringsOf(sides: Sides): StringsOf {
  const replaced = interfacesByProject(sides).flatMap((each) => (isBehind(each) ? [] : each.project));
  return (cluster) => {
    const isWaiting =
      cluster.regions.length === 1 &&
      stringsBeside(cluster, sides).some((each) => replaced.includes(each.project) && isBehind(each));
    return isWaiting ? [] : [...stringsByProject(cluster, sides.allMapped).values()].flat();
  };
}
