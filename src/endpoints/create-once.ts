import type { ServiceRequest } from '../atlas/client.js';
import { AnswerError, isAlreadyThere, mayHaveTakenEffect } from '../atlas/errors.js';
import type { Patience } from '../atlas/http.js';
import { createdAt } from '../atlas/ids.js';
import type { Endpoint } from '../atlas/model.js';
import type { Provider } from '../atlas/provider.js';
import { isRegion, type Region } from '../atlas/regions.js';
import type { Context } from '../context.js';
import { CliError, InterruptedError } from '../base/errors.js';
import { nameOf } from './view.js';
import { lookUntilFound } from './lost-answer.js';

/** Atlas tells the time, and puts it into ids, to the second; an id may come from a server whose clock is a little ahead. */
const [blurMs, aheadMs] = [2000, 60_000];

/**
 * Asks for a service, and never for two: a create whose answer was lost is not sent again, but what it did is looked up.
 * Where the region has a service already that is an error that names it, or with `orExisting` the answer.
 */
export async function createOnce(
  context: Context,
  request: ServiceRequest,
  region: Region,
  orExisting: boolean,
): Promise<Endpoint> {
  const { provider } = request;
  const atlas = await context.atlas();
  const projectId = await context.projectId();
  const find = async (patience?: Patience) => {
    const services = await atlas.listServices(projectId, provider, patience);
    return services.filter((service) => isRegion(service, region.region) || isRegion(service, region.atlasRegion));
  };
  const place: Place = { provider, region, orExisting, find };
  // In regional mode Atlas would make another one rather than refuse.
  const existing = orExisting ? stayingFirst(await find()) : undefined;
  if (existing) return existingOr(context, place, existing, conflict(existing));

  const sent = context.clock.now();
  try {
    return await atlas.createService(projectId, request);
  } catch (error) {
    if (error instanceof InterruptedError) throw error.mayHaveArrived ? unknown(context, place, error) : error;
    if (mayHaveTakenEffect(error)) return await adopt(context, place, sent, error);
    if (!isAlreadyThere(error)) throw error;
    const inTheWay = await lookUntilFound(context, async (how) => stayingFirst(await find(how)));
    if (inTheWay) return existingOr(context, place, inTheWay, error);
    // Atlas is slow to list it, or somebody else has deleted it since.
    error.advise(
      `Atlas does not list it. Look again in a minute, and create it if it is gone: ${listing(context, place)}`,
    );
    throw error;
  }
}

/** Where a service was asked for, and how to look what is there. */
interface Place {
  provider: Provider;
  region: Region;
  orExisting: boolean;
  find(patience?: Patience): Promise<Endpoint[]>;
}

/** Of those in a region one that stays, where there is one. */
function stayingFirst(found: readonly Endpoint[]): Endpoint | undefined {
  return found.find(({ status }) => status !== 'DELETING') ?? found[0];
}

/** Takes what has appeared in the region since the create was sent for its answer, which `lost` says was lost. */
async function adopt(context: Context, place: Place, sent: number, lost: CliError): Promise<Endpoint> {
  const { io } = context;
  io.warn(`${lost.message} The answer to the create is lost; looking for what it did.`);
  const atlas = await context.atlas();
  const projectId = await context.projectId();
  /** Created since, by Atlas's clock, which the answer to the look has just told: ours may be wrong. */
  const isOurs = ({ id }: Endpoint) => {
    const [born, now] = [createdAt(id) ?? 0, context.clock.now()];
    return born >= atlas.timeThere(sent) - blurMs && born <= atlas.timeThere(now) + aheadMs;
  };
  try {
    const found = await lookUntilFound(
      context,
      async (how) => {
        const there = (await place.find(how)).filter(({ status }) => status !== 'DELETING');
        const ours = there.find(isOurs);
        if (ours || there.length === 0) return ours;
        // Another one stands in the way, unless a region may have several.
        return (await atlas.getRegionalMode(projectId, how)) ? undefined : there[0];
      },
      lost.message,
    );
    if (!found) throw lost;
    if (!isOurs(found)) return existingOr(context, place, found, conflict(found));
    io.note(`${nameOf(found)} has appeared (${found.status}).`);
    return found;
  } catch (error) {
    throw error === lost || error instanceof InterruptedError ? unknown(context, place, error as CliError) : error;
  }
}

function conflict({ provider, region }: Endpoint): CliError {
  return new CliError('conflict', `${provider} ${region} has a private endpoint already.`);
}

/** The service that the region has already, where that will do, or the error that says so. */
function existingOr(
  { io, commandLine, again }: Context,
  { orExisting }: Place,
  existing: Endpoint,
  error: CliError,
): Endpoint {
  const isLeaving = existing.status === 'DELETING';
  if (orExisting && !isLeaving) {
    io.note(`${nameOf(existing)} exists already (${existing.status}).`);
    return existing;
  }
  const wait = commandLine(`wait ${existing.id} --until DELETED`);
  error.advise(
    isLeaving
      ? `${existing.id} is being deleted; wait until it is gone: ${wait}`
      : `It is ${existing.id} (${existing.status}); to use that one: ${again('--if-not-exists')}`,
  );
  throw error;
}

/** The command line that lists what is there. */
function listing({ commandLine }: Context, { provider, region }: Place): string {
  return commandLine(`list --provider ${provider.toLowerCase()} --region ${region.region}`);
}

/** The error of a create of which nobody knows what became. */
function unknown(context: Context, place: Place, error: CliError): CliError {
  const look = listing(context, place);
  const own = error instanceof AnswerError ? `${error.hint} ` : '';
  error.advise(`${own}Whether Atlas created the endpoint is not known. Look before you try again: ${look}`);
  return error;
}
