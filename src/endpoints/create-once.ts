import type { ServiceRequest } from '../atlas/client.js';
import { AnswerError, isAlreadyThere } from '../atlas/errors.js';
import { createdAt } from '../atlas/ids.js';
import type { Endpoint } from '../atlas/model.js';
import { CliError } from '../base/errors.js';
import { type Advice, hintText } from '../base/hint.js';
import { texts } from '../base/json.js';
import { pollUntilFound } from '../base/poll-until-found.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import type { Provider } from '../clouds/all.js';
import type { RegionNames } from '../clouds/cloud.js';
import { fromAtlasRegion, isRegion } from '../clouds/regions.js';
import { reconcile } from './reconcile.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/**
 * Dates from Atlas, also those in ids, are precise to the second. An id may come from a server whose clock is slightly
 * ahead.
 */
const [blurMs, aheadMs] = [2000, 60_000];

/**
 * Creates a service, and never two: if the response is lost, it doesn't send the create again but checks what was
 * created. If the region already has a service, throws an error that names it; with `orExisting`, returns it instead.
 * With `isAnyKind`, that can also be one with port mapping instead of one without, and the other way round: a region
 * can have both.
 */
export async function createOnce(
  session: Session,
  request: ServiceRequest,
  region: RegionNames,
  orExisting: boolean,
  { isAnyKind = false }: { isAnyKind?: boolean } = {},
): Promise<Endpoint> {
  const { provider, portMapping, remoteRegions = [] } = request;
  const atlas = await session.atlas();
  const projectId = await session.projectId();
  const inRegion = async (limits?: RequestLimits) => {
    const services = await atlas.listServices(projectId, provider, limits);
    return services.filter((service) => isRegion(service, region.region) || isRegion(service, region.atlasRegion));
  };
  const isSameKind = ({ portMappingEnabled }: Endpoint) =>
    portMapping === undefined || portMappingEnabled === portMapping;
  const find = async (limits?: RequestLimits) => (await inRegion(limits)).filter(isSameKind);
  const findAny = async () => {
    const all = await inRegion();
    return [...all.filter(isSameKind), ...(isAnyKind ? all.filter((each) => !isSameKind(each)) : [])];
  };
  const target: Target = { provider, region, remoteRegions, orExisting, find };
  // In regional mode, Atlas would create another one instead of returning an error.
  const existing = orExisting ? stayingFirst(await findAny()) : undefined;
  if (existing) return existingOr(session, target, existing, conflict(existing));

  const sent = session.clock.now();
  try {
    return await reconcile(() => atlas.createService(projectId, request), {
      look: (lost) => adopt(session, target, sent, lost),
      unknown: (error) => unknown(session, target, error),
    });
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    const inTheWay = await pollUntilFound(session, async (how) => stayingFirst(await find(how)));
    if (inTheWay) return existingOr(session, target, inTheWay, error);
    // Atlas is slow to list it, or someone has deleted it since.
    throw error.withHint({
      text: 'Atlas does not list it. Check again in a minute before you create it again:',
      commands: [listing(session, target)],
    });
  }
}

/** Where to create a service, and how to list the existing ones. */
interface Target {
  provider: Provider;
  region: RegionNames;
  /** The remote regions to create it with, in Atlas's spelling. */
  remoteRegions: readonly string[];
  orExisting: boolean;
  find(limits?: RequestLimits): Promise<Endpoint[]>;
}

/** Prefers a service that is not being deleted. */
function stayingFirst(found: readonly Endpoint[]): Endpoint | undefined {
  return found.find(({ status }) => status !== 'DELETING') ?? found[0];
}

/** Finds the service that a create with a lost response created. `lost` is the error of the create. */
async function adopt(session: Session, target: Target, sent: number, lost: CliError): Promise<Endpoint | undefined> {
  const { io } = session;
  io.warn(`${lost.message} Checking whether the endpoint was created.`);
  const atlas = await session.atlas();
  const projectId = await session.projectId();
  /**
   * Whether it was created since, by Atlas's clock. Our clock may be wrong; the list response has just told us Atlas's
   * time.
   */
  const isOurs = ({ id }: Endpoint) => {
    const [born, now] = [createdAt(id) ?? 0, session.clock.now()];
    return born >= atlas.timeThere(sent) - blurMs && born <= atlas.timeThere(now) + aheadMs;
  };
  const found = await pollUntilFound(
    session,
    async (how) => {
      const there = (await target.find(how)).filter(({ status }) => status !== 'DELETING');
      const ours = there.find(isOurs);
      if (ours || there.length === 0) return ours;
      // Another service blocks the create, unless the region may have several.
      return (await atlas.getRegionalMode(projectId, how)) ? undefined : there[0];
    },
    lost.message,
  );
  if (!found) return undefined;
  if (!isOurs(found)) return existingOr(session, target, found, conflict(found));
  io.note(`${nameOf(found)} was created (${found.status}).`);
  return found;
}

function conflict({ provider, region }: Endpoint): CliError {
  return new CliError('conflict', `${provider} ${region} already has a private endpoint.`);
}

/**
 * Returns the existing service if that is allowed and it is not being deleted. Otherwise throws the error with a hint.
 */
function existingOr(
  { io, commandLine, again }: Pick<Session, 'io' | 'commandLine' | 'again'>,
  { provider, remoteRegions, orExisting }: Target,
  existing: Endpoint,
  error: CliError,
): Endpoint {
  const isLeaving = existing.status === 'DELETING';
  if (orExisting && !isLeaving) {
    io.note(`${nameOf(existing)} already exists (${existing.status}).`);
    const there = texts(existing.supportedRemoteRegions);
    const missing = remoteRegions
      .map((name) => fromAtlasRegion(provider, name))
      .filter((name) => !there.includes(name));
    if (missing.length > 0) {
      io.warn(`${nameOf(existing)} does not have these remote regions: ${missing.join(', ')}.`);
      io.hint({
        text: 'To add them:',
        commands: [commandLine(cmd`update ${existing.id} --add ${missing.join()}`)],
      });
    }
    return existing;
  }
  throw error.withHint(
    isLeaving
      ? {
          text: `${existing.id} is being deleted. Wait until it is gone:`,
          commands: [commandLine(cmd`wait ${existing.id} --until DELETED`)],
        }
      : {
          text: `To use the existing endpoint ${existing.id} (${existing.status}):`,
          commands: [again(cmd`--if-not-exists`)],
        },
  );
}

/** The command line that lists the services in the region. */
function listing({ commandLine }: Pick<Session, 'commandLine'>, { provider, region }: Target): string {
  return commandLine(cmd`list --provider ${provider.toLowerCase()} --region ${region.region}`);
}

/** What to do if the create may or may not have succeeded. */
function unknown(session: Pick<Session, 'commandLine'>, target: Target, error: CliError): Advice {
  const own = error instanceof AnswerError ? hintText(error.hint) : '';
  return {
    text: `${own} The endpoint may or may not have been created. Check before you try again:`.trim(),
    commands: [listing(session, target)],
  };
}
