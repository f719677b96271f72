import { ApiError, mayHaveTakenEffect } from '../../atlas/errors.js';
import type { Patience } from '../../atlas/http.js';
import { type InterfaceEndpoint, type InterfaceRequest, interfaceKeys } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { parseProvider } from '../../atlas/provider.js';
import { cloudsOf } from '../../atlas/regions.js';
import { deleted } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { InterruptedError, UsageError } from '../../base/errors.js';
import { quote } from '../../base/shell.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import { readGoal } from '../../endpoints/awaiting.js';
import { type Filter, findEndpoint, referTo } from '../../endpoints/find.js';
import { interfaceView } from '../../interfaces/view.js';
import { readAttached } from '../../interfaces/find.js';
import { lookUntilFound } from '../../endpoints/lost-answer.js';
import { type RequestOptions, readRequest } from '../../interfaces/request.js';

export interface AddOptions extends Filter, RequestOptions {
  endpoint: string;
  wait?: boolean | undefined;
  timeout?: string | undefined;
  ifNotExists?: boolean | undefined;
}

/** Attaches an interface endpoint to a private endpoint service. */
export async function addInterface(context: Context, options: AddOptions): Promise<void> {
  const { io } = context;
  io.checkFields(interfaceKeys);
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const isWaiting = options.wait === true || options.timeout !== undefined;
  // Whose the options are shows the cloud; what is wrong with them is told before anything is sent.
  const regions = cloudsOf(options.endpoint);
  const { provider: cloud, request } = readRequest(options, regions.length === 1 ? regions[0] : undefined);
  if (regions.length === 1 && regions[0] !== cloud) {
    throw new UsageError(
      `That is an interface endpoint of ${cloud}, and ${options.endpoint} is a region of ${regions[0]}.`,
      `Name a private endpoint on ${cloud}: ${context.commandLine(`list --provider ${cloud.toLowerCase()}`)}`,
    );
  }
  const said = options.provider === undefined ? cloud : parseProvider(options.provider);
  if (said !== cloud)
    throw new UsageError(`That is an interface endpoint of ${cloud}, not of ${said}.`, 'Leave --provider out.');
  const service = await findEndpoint(context, options.endpoint, { ...options, provider: cloud.toLowerCase() });
  warnOfFewRules(context, service, request);

  const added = await add(context, service, request, options.ifNotExists ?? false);
  const place = { service, id: request.id };
  const goal = { until: 'AVAILABLE', timeoutMs } as const;
  const [last = added] = isWaiting ? await awaitInterfaces(context, [place], [added], goal) : [];
  await io.print(interfaceView(last), { isDone: true });
  const reference = await referTo(context, service);
  const [what, next] =
    last.status === 'AVAILABLE'
      ? ['See how to connect through it:', `connection-strings --endpoint ${reference} --wait`]
      : ['Wait until it is connected:', `wait ${reference} --interface`];
  io.hint(what, [context.commandLine(next)]);
}

/** Without port mapping GCP has many service attachments, each of which takes a forwarding rule of its own. */
function warnOfFewRules({ io }: Context, { serviceAttachmentNames }: Endpoint, request: InterfaceRequest): void {
  if (request.provider !== 'GCP' || !Array.isArray(serviceAttachmentNames)) return;
  const [given, wanted] = [request.endpoints.length, serviceAttachmentNames.length];
  if (given < wanted) io.warn(`${given} of ${wanted} forwarding rules: Atlas takes one for each service attachment.`);
}

async function add(
  context: Context,
  service: Endpoint,
  request: InterfaceRequest,
  orExisting: boolean,
): Promise<InterfaceEndpoint> {
  const atlas = await context.atlas();
  const reference = await referTo(context, service);
  const look = context.commandLine(`interface list ${reference}`);
  const unknown = `Whether Atlas attached it is not known. Look before you try again: ${look}`;
  try {
    return await atlas.addInterface(service, request);
  } catch (error) {
    if (error instanceof InterruptedError && error.mayHaveArrived) error.advise(unknown);
    if (mayHaveTakenEffect(error)) {
      context.io.warn(`${error.message} The answer is lost; looking for what it did.`);
      const find = (how: Patience) => staying(context, service, request.id, how);
      const there = await lookUntilFound(context, find, error.message).catch(() => undefined);
      if (there) return there;
      error.advise(unknown);
    }
    if (!(error instanceof ApiError)) throw error;
    if (error.errorCode === 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS') {
      // Where it fails or goes, it is there; a read that doesn't know it may be behind.
      const read = () => readAttached(context, { service, id: request.id });
      const find = async () => [await read()].find(({ status }) => status !== deleted);
      const there = orExisting ? await lookUntilFound(context, find) : undefined;
      if (there && isStaying(there)) return there;
      error.advise(
        orExisting
          ? `It is there, but it failed or is being removed: ${context.commandLine(`interface get ${reference} ${quote(request.id)}`)}`
          : `To use the one that is there: ${context.again('--if-not-exists')}`,
      );
    }
    if (error.errorCode === 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS') {
      error.advise(`Wait until the service is ready: ${context.commandLine(`wait ${reference}`)}`);
    }
    throw error;
  }
}

/** The interface endpoint, where it is there and neither failed nor on its way out. */
async function staying(
  context: Context,
  service: Endpoint,
  id: string,
  patience?: Patience,
): Promise<InterfaceEndpoint | undefined> {
  const there = await readAttached(context, { service, id }, patience);
  return isStaying(there) ? there : undefined;
}

function isStaying({ status }: InterfaceEndpoint): boolean {
  return !['DELETING', deleted, 'REJECTED', 'FAILED'].includes(status);
}
