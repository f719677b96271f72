import { ApiError, isGone } from '../atlas/errors.js';
import { goneInterface, hasEnded, type InterfaceEndpoint, interfaceKind } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import { deleted, isLeaving } from '../atlas/status.js';
import { type CliError, ignoreFailure, UsageError } from '../base/errors.js';
import { oneOf } from '../base/listed.js';
import { ofLook, pollUntilFound } from '../base/poll-until-found.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd, longName } from '../base/shell.js';
import { clouds, defaultProvider, type Provider, providers } from '../clouds/all.js';
import type { Cloud, InterfaceOptions, InterfaceRequest } from '../clouds/cloud.js';
import { referTo } from '../endpoints/find.js';
import { reconcile, unlessUnknownTwice } from '../endpoints/reconcile.js';
import type { Session } from '../endpoints/session.js';
import { type Attached, readAttached } from './find.js';

/**
 * Attaches an interface endpoint, and never twice: if the response is lost, checks whether it was attached. If it is
 * already attached, throws, or with `orExisting` returns it.
 */
export async function attach(
  session: Session,
  service: Endpoint,
  request: InterfaceRequest,
  orExisting: boolean,
): Promise<InterfaceEndpoint> {
  const atlas = await session.atlas();
  const reference = await referTo(session, service);
  const look = async ({ message }: CliError) => {
    session.io.warn(`${message} Checking whether the interface endpoint was attached.`);
    const find = (how: RequestLimits) => staying(session, service, request.id, how);
    return pollUntilFound(session, find, message).catch(ignoreFailure);
  };
  const unknown = () => ({
    text: 'The interface endpoint may or may not have been attached. Check before you try again:',
    commands: [session.commandLine(cmd`interface list ${reference}`)],
  });
  try {
    return await reconcile(() => atlas.addInterface(service, request), { look, unknown });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.errorCode === 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS') {
      // An interface endpoint that failed or is being removed still exists. A read may not show it yet.
      const read = () => readAttached(session, { service, id: request.id });
      const find = async () => [await read()].find(({ status }) => status !== deleted);
      const there = orExisting ? await pollUntilFound(session, find) : undefined;
      if (there && !hasEnded(there)) return there;
      const get = session.commandLine(cmd`interface get ${reference} ${request.id}`);
      throw error.withHint(
        orExisting
          ? { text: 'It already exists, but it failed or is being removed. Check its status:', commands: [get] }
          : { text: 'To use the existing one:', commands: [session.again(cmd`--if-not-exists`)] },
      );
    }
    if (error.errorCode === 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS') {
      const wait = session.commandLine(cmd`wait ${reference}`);
      throw error.withHint({ text: 'Wait until the private endpoint service is ready:', commands: [wait] });
    }
    throw error;
  }
}

/** The interface endpoint, if it exists, has not failed and is not being removed. */
async function staying(
  session: Session,
  service: Endpoint,
  id: string,
  limits?: RequestLimits,
): Promise<InterfaceEndpoint | undefined> {
  const there = await readAttached(session, { service, id }, limits);
  return hasEnded(there) ? undefined : there;
}

/** Asks Atlas to remove an interface endpoint and returns it with its new status. Repeating this does no harm. */
export async function detach(session: Session, attached: Attached): Promise<InterfaceEndpoint> {
  const { service, id } = attached;
  const atlas = await session.atlas();
  const request = async (): Promise<InterfaceEndpoint> => {
    await unlessUnknownTwice(session, () => atlas.removeInterface(service, id));
    return {
      ...((await readAttached(session, attached).catch(ignoreFailure)) ?? goneInterface(service, id)),
      status: 'DELETING',
    };
  };
  const look = async () => {
    const now = await readAttached(session, attached, ofLook).catch(ignoreFailure);
    return now && isLeaving(now.status) ? now : undefined;
  };
  const unknown = () => 'The interface endpoint may or may not have been removed. It is safe to try again.';
  try {
    return await reconcile(request, { look, unknown });
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    throw error;
  }
}

/**
 * Reads the options of `interface add` and the cloud they are for. If the options don't show the cloud, it is `likely`.
 * Throws usage errors.
 */
export function readRequest(
  options: InterfaceOptions,
  likely: Provider | undefined,
): { provider: Provider; request: InterfaceRequest } {
  const { id } = options;
  const given = optionNames.filter((name) => options[name] !== undefined);
  const cloud = (id === undefined ? undefined : interfaceKind(id)) ?? likely;
  const provider = cloud ?? cloudOf(given) ?? defaultProvider;
  const foreign = given.find((name) => !takes(provider, name));
  if (foreign !== undefined) {
    const others = providers.filter((each) => takes(each, foreign)).map((each) => clouds[each].title);
    throw new UsageError(
      `${longName(foreign)} is for ${oneOf(others)}, but this interface endpoint is on ${clouds[provider].title}.`,
      `Remove ${longName(foreign)}.`,
    );
  }
  return { provider, request: clouds[provider].interfaces.read(options) };
}

/** The first cloud that accepts all these options. Undefined without options. */
function cloudOf(given: readonly OptionName[]): Provider | undefined {
  return given.length === 0 ? undefined : providers.find((each) => given.every((name) => takes(each, name)));
}

type OptionName = keyof Cloud['interfaces']['options'];

/** The options that not every cloud accepts. */
const optionNames = providers.flatMap((provider) => Object.keys(clouds[provider].interfaces.options) as OptionName[]);

function takes(provider: Provider, name: OptionName): boolean {
  return Object.hasOwn(clouds[provider].interfaces.options, name);
}
