import { deleted } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { CliError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { cmd, option } from '../base/shell.js';
import { parseName } from '../base/suggest.js';
import { eachOf } from '../endpoints/ask.js';
import { type AwaitOptions, awaitAll, timedOut, type WaitSubject } from '../endpoints/await-all.js';
import type { Session } from '../endpoints/session.js';
import type { StatusVerdict } from '../wait/wait.js';
import { untilsOf } from './all.js';
import type { Kind, KindEndpoint } from './kind.js';
import { isLeft, listsOf, readList, readOne } from './requests.js';
import { nameOfKind } from './view.js';

export function readKindUntil(kind: Kind, word = 'ready'): string {
  return parseName('status', word, untilsOf(kind));
}

/** Whether a status is `until`, or a later one on the same way: to ready, or to deleted. */
function hasReachedStatus(kind: Kind, until: string, status: string): boolean {
  if (until === 'ready') return kind.statuses[status] === 'ready';
  const order = untilsOf(kind).filter((name) => isLeft(kind, name) === isLeft(kind, until));
  const isFinal = kind.statuses[status] === 'failed' || kind.statuses[until] === 'failed';
  return status === until || (!isFinal && order.indexOf(status) >= order.indexOf(until));
}

/** What the status of an endpoint means for a wait. `before` is the status one poll earlier. */
function verdictOf(kind: Kind, until: string, status: string, before = ''): StatusVerdict {
  if (hasReachedStatus(kind, until, status)) return 'reached';
  const isDeletion = isLeft(kind, until);
  // A failed endpoint can still be deleted. Only if it fails during the deletion, it will stay.
  if (kind.statuses[status] === 'failed') return isDeletion && !isLeft(kind, before) ? 'pending' : 'failed';
  return isLeft(kind, status) && !isDeletion ? 'failed' : 'pending';
}

/**
 * Waits for endpoints of one kind and shows progress, as for services. A status that needs the user does not end the wait:
 * a warning says once what to do.
 */
export async function awaitKind(
  session: Session,
  kind: Kind,
  endpoints: readonly KindEndpoint[],
  { until, onRead, ...how }: AwaitOptions<KindEndpoint> & { until: string },
): Promise<KindEndpoint[]> {
  const atlas = await session.atlas();
  const reported = new Set<string>();
  const lists = (some: readonly KindEndpoint[]) =>
    listsOf(
      kind,
      some.map(({ provider }) => provider),
    );
  const resume = (some: readonly KindEndpoint[]) => {
    const more = [...option('--until', until === 'ready' ? undefined : until), ...(how.any ? ['--any'] : [])];
    return session.commandLine(cmd`wait --kind ${kind.name} ${some.map(({ id }) => id)} ${more}`);
  };
  const subject: WaitSubject<KindEndpoint> = {
    resume,
    statusVerdict: ({ status }, before) => verdictOf(kind, until, status, before),
    // An endpoint that is missing from its list is read by id before it counts as gone.
    poll: async (some, limits) => {
      const projectId = some[0]?.projectId ?? '';
      const all = await eachOf(lists(some), (provider) => readList(atlas, kind, { projectId, provider }, limits));
      const byId = new Map(all.flat().map((each) => [each.id, each]));
      return eachOf(some, async (each) => byId.get(each.id) ?? readOne(atlas, kind, each, limits));
    },
    requests: (some) => lists(some).length,
    name: nameOfKind,
    facts: ({ id, projectId, provider, region }) => {
      return { endpointId: id, interfaceEndpointId: null, cluster: null, projectId, provider, region };
    },
    row: (endpoint, elapsedMs) => {
      const usual = until === 'ready' ? kind.usual?.(endpoint) : undefined;
      const { region, status, id } = endpoint;
      return [region ?? '', status, formatDuration(elapsedMs), id, usual ? `usually ${usual}` : ''];
    },
    error: ({ item, result }, limit) => {
      const { status, id, errorMessage } = item;
      const name = nameOfKind(item);
      if (result === 'timed-out') return timedOut(`${name} is still ${status}`, limit, resume([item]), stepOf(item));
      if (kind.statuses[status] === 'failed') {
        const why = (errorMessage ?? 'Atlas gave no reason').replace(/\.$/, '');
        const remove = cmd`delete --kind ${kind.name} ${id} --wait`;
        const hint = advise(session, 'Delete it, then create it again:', remove);
        return new CliError('endpointFailed', `${name} failed: ${why}.`, { hint });
      }
      const what = status === deleted ? 'was deleted' : 'is being deleted';
      const hint = advise(session, 'List the existing endpoints:', cmd`list --kind ${kind.name}`);
      return new CliError('endpointFailed', `${name} ${what} and cannot become ${until}.`, { hint });
    },
  };
  /** What the user has to do so that the wait can end. Empty if there is nothing. */
  const stepOf = (endpoint: KindEndpoint) => {
    const isUsers = kind.statuses[endpoint.status] === 'needsUser' && !isLeft(kind, until);
    const step = isUsers ? kind.steps.needsUser?.(endpoint) : undefined;
    return step ? ` ${step.text} ${step.command?.text ?? ''}`.trimEnd() : '';
  };
  const report = async (endpoint: KindEndpoint) => {
    await onRead?.(endpoint);
    const step = subject.statusVerdict(endpoint) === 'pending' ? stepOf(endpoint) : '';
    if (step === '' || reported.has(endpoint.id)) return;
    reported.add(endpoint.id);
    session.io.warn(`${nameOfKind(endpoint)} waits for you.${step}`);
  };
  return awaitAll(session, endpoints, subject, { ...how, onRead: report });
}
