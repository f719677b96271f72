import type { ServiceRequest } from '../atlas/client.js';
import { AnswerError, isAlreadyThere } from '../atlas/errors.js';
import { createdAt } from '../atlas/ids.js';
import type { Endpoint } from '../atlas/model.js';
import type { Effort } from '../base/effort.js';
import { CliError } from '../base/errors.js';
import { type Advice, hintText } from '../base/hint.js';
import { lookUntilFound } from '../base/look.js';
import { cmd } from '../base/shell.js';
import type { Provider } from '../clouds/all.js';
import type { RegionNames } from '../clouds/cloud.js';
import { isRegion } from '../clouds/regions.js';
import { orLook } from './lost-answer.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/** Atlas tells the time, and puts it into ids, to the second; an id may come from a server whose clock is a little ahead. */
const [blurMs, aheadMs] = [2000, 60_000];

/**
 * Asks for a service, and never for two: a create whose answer was lost is not sent again, but what it did is looked up.
 * Where the region has a service already that is an error that names it, or with `orExisting` the answer.
 */
export async function createOnce(
  session: Session,
  request: ServiceRequest,
  region: RegionNames,
  orExisting: boolean,
): Promise<Endpoint> {
  const { provider } = request;
  const atlas = await session.atlas();
  const projectId = await session.projectId();
  const find = async (effort?: Effort) => {
    const services = await atlas.listServices(projectId, provider, effort);
    return services.filter((service) => isRegion(service, region.region) || isRegion(service, region.atlasRegion));
  };
  const target: Target = { provider, region, orExisting, find };
  // In regional mode Atlas would make another one rather than refuse.
  const existing = orExisting ? stayingFirst(await find()) : undefined;
  if (existing) return existingOr(session, target, existing, conflict(existing));

  const sent = session.clock.now();
  try {
    return await orLook(() => atlas.createService(projectId, request), {
      look: (lost) => adopt(session, target, sent, lost),
      unknown: (error) => unknown(session, target, error),
    });
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    const inTheWay = await lookUntilFound(session, async (how) => stayingFirst(await find(how)));
    if (inTheWay) return existingOr(session, target, inTheWay, error);
    // Atlas is slow to list it, or somebody else has deleted it since.
    throw error.withHint({
      text: 'Atlas does not list it. Look again in a minute, and create it if it is gone:',
      commands: [listing(session, target)],
    });
  }
}

/** Where a service was asked for, and how to look what is there. */
interface Target {
  provider: Provider;
  region: RegionNames;
  orExisting: boolean;
  find(effort?: Effort): Promise<Endpoint[]>;
}

/** Of those in a region one that stays, where there is one. */
function stayingFirst(found: readonly Endpoint[]): Endpoint | undefined {
  return found.find(({ status }) => status !== 'DELETING') ?? found[0];
}

/** Takes what has appeared in the region since the create was sent for its answer, which `lost` says was lost. */
async function adopt(session: Session, target: Target, sent: number, lost: CliError): Promise<Endpoint | undefined> {
  const { io } = session;
  io.warn(`${lost.message} The answer to the create is lost; looking for what it did.`);
  const atlas = await session.atlas();
  const projectId = await session.projectId();
  /** Created since, by Atlas's clock, which the answer to the look has just told: ours may be wrong. */
  const isOurs = ({ id }: Endpoint) => {
    const [born, now] = [createdAt(id) ?? 0, session.clock.now()];
    return born >= atlas.timeThere(sent) - blurMs && born <= atlas.timeThere(now) + aheadMs;
  };
  const found = await lookUntilFound(
    session,
    async (how) => {
      const there = (await target.find(how)).filter(({ status }) => status !== 'DELETING');
      const ours = there.find(isOurs);
      if (ours || there.length === 0) return ours;
      // Another one stands in the way, unless a region may have several.
      return (await atlas.getRegionalMode(projectId, how)) ? undefined : there[0];
    },
    lost.message,
  );
  if (!found) return undefined;
  if (!isOurs(found)) return existingOr(session, target, found, conflict(found));
  io.note(`${nameOf(found)} has appeared (${found.status}).`);
  return found;
}

function conflict({ provider, region }: Endpoint): CliError {
  return new CliError('conflict', `${provider} ${region} has a private endpoint already.`);
}

/** The service that the region has already, where that will do, or the error that says so. */
function existingOr(
  { io, commandLine, again }: Pick<Session, 'io' | 'commandLine' | 'again'>,
  { orExisting }: Target,
  existing: Endpoint,
  error: CliError,
): Endpoint {
  const isLeaving = existing.status === 'DELETING';
  if (orExisting && !isLeaving) {
    io.note(`${nameOf(existing)} exists already (${existing.status}).`);
    return existing;
  }
  throw error.withHint(
    isLeaving
      ? {
          text: `${existing.id} is being deleted; wait until it is gone:`,
          commands: [commandLine(cmd`wait ${existing.id} --until DELETED`)],
        }
      : {
          text: `It is ${existing.id} (${existing.status}); to use that one:`,
          commands: [again(cmd`--if-not-exists`)],
        },
  );
}

/** The command line that lists what is there. */
function listing({ commandLine }: Pick<Session, 'commandLine'>, { provider, region }: Target): string {
  return commandLine(cmd`list --provider ${provider.toLowerCase()} --region ${region.region}`);
}

/** What to do after a create of which nobody knows what became. */
function unknown(session: Pick<Session, 'commandLine'>, target: Target, error: CliError): Advice {
  const own = error instanceof AnswerError ? hintText(error.hint) : '';
  return {
    text: `${own} Whether Atlas created the endpoint is not known. Look before you try again:`.trim(),
    commands: [listing(session, target)],
  };
}
