import { type Endpoint, goneInterface, hasEnded, type InterfaceEndpoint, interfaceKind } from '../../atlas/model.js';
import { deleted } from '../../atlas/status.js';
import { advise, type CliError, ignoreFailure, UsageError } from '../../base/errors.js';
import { oneOf } from '../../base/lists.js';
import { cmd, longName } from '../../base/shell.js';
import { clouds, defaultProvider, type Provider, providers } from '../../clouds/all.js';
import type { CloudFacts, InterfaceOptions, InterfaceRequest } from '../../clouds/facts.js';
import { isRefusal } from '../../http/request-error.js';
import { pollUntilFound, type RequestLimits } from '../../http/retries.js';
import type { Context } from '../context.js';
import { referTo } from '../name.js';
import { reconcile, requestRemoval } from '../reconcile.js';
import { type Attached, readAttached } from './find.js';

/** If the response is lost, looks and sends again: Atlas refuses a second one. With `orExisting`, returns one that is there. */
export async function attach(
  context: Context,
  service: Endpoint,
  request: InterfaceRequest,
  orExisting: boolean,
): Promise<InterfaceEndpoint> {
  const atlas = await context.atlas();
  const reference = await referTo(context, service);
  const read = (limits?: RequestLimits) => readAttached(context, { service, id: request.id }, limits);
  let isLost = false;
  const check = async ({ message }: CliError) => {
    isLost = true;
    context.io.warn(`${message} Checking whether the interface endpoint was attached.`);
    const find = async (how: RequestLimits) => [await read(how)].find((found) => !hasEnded(found));
    return pollUntilFound(context, find, message).catch(ignoreFailure);
  };
  const doubt = 'The interface endpoint may or may not have been attached. Check before you try again:';
  const unknown = () => advise(context, doubt, cmd`interface list ${reference}`);
  const isRefusedTwice = async () => true;
  try {
    return await reconcile(() => atlas.addInterface(service, request), { check, isRefusedTwice, unknown });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.errorCode === 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS') {
      const text = 'Wait until the private endpoint service is ready:';
      throw error.withHint(advise(context, text, cmd`wait ${reference}`));
    }
    if (error.errorCode === 'INVALID_ATTRIBUTE') {
      const where = `your ${clouds[service.provider].account}`;
      throw error.withHint(`Check that ${request.id} is still in ${where}, and connects to this service.`);
    }
    if (error.errorCode !== 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS') throw error;
    const commands = [context.settings.again(cmd`--if-not-exists`)];
    if (!orExisting && !isLost) throw error.withHint({ text: 'To use the existing one:', commands });
    // An interface endpoint that failed or is being removed still exists. A read may not show it yet.
    const find = async () => [await read()].find(({ status }) => status !== deleted);
    const existing = await pollUntilFound(context, find);
    if (existing && !hasEnded(existing)) return existing;
    const text = 'It already exists, but it failed or is being removed. Check its status:';
    throw error.withHint(advise(context, text, cmd`interface get ${reference} ${request.id}`));
  }
}

/** Asks Atlas to remove an interface endpoint and returns it with its new status. Repeating this does no harm. */
export async function detach(context: Context, attached: Attached): Promise<InterfaceEndpoint> {
  const { service, id } = attached;
  const atlas = await context.atlas();
  const gone = goneInterface(service, id);
  const read = (limits?: RequestLimits) => readAttached(context, attached, limits);
  return requestRemoval(context, {
    send: async () => {
      await atlas.removeInterface(service, id);
      return { ...((await read().catch(ignoreFailure)) ?? gone), status: 'DELETING' };
    },
    read,
    gone,
    unknown: () => 'The interface endpoint may or may not have been removed. It is safe to try again.',
  });
}

/** Reads the options of `interface add` and their cloud: `likely`, if they don't show it. Throws usage errors. */
export function readRequest(options: InterfaceOptions, likely: Provider | undefined) {
  const { id } = options;
  const takes = (provider: Provider, name: OptionName) => Object.hasOwn(clouds[provider].interfaces.options, name);
  const given = optionNames.filter((name) => options[name] !== undefined);
  const accepting = providers.find((each) => given.length > 0 && given.every((name) => takes(each, name)));
  const provider = interfaceKind(id ?? '') ?? likely ?? accepting ?? defaultProvider;
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

type OptionName = keyof CloudFacts['interfaces']['options'];

const optionNames = providers.flatMap((provider) => {
  return Object.keys(clouds[provider].interfaces.options) as OptionName[];
});
