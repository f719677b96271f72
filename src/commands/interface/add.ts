import { ApiError, mayHaveTakenEffect } from '../../atlas/errors.js';
import {
  checkGcpProject,
  checkInterfaceId,
  checkIp,
  type InterfaceEndpoint,
  type InterfaceRequest,
  interfaceKeys,
  parseForwardingRule,
} from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Provider } from '../../atlas/provider.js';
import type { Context } from '../../context.js';
import { InterruptedError, UsageError } from '../../errors.js';
import { awaitInterfaces } from '../shared/await-interfaces.js';
import { readGoal } from '../shared/awaiting.js';
import { type Filter, findEndpoint, referTo } from '../shared/endpoints.js';
import { interfaceView } from '../shared/interface-view.js';

export interface AddOptions extends Filter {
  endpoint: string;
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id?: string | undefined;
  /** Azure. */
  ip?: string | undefined;
  /** GCP. */
  gcpProject?: string | undefined;
  group?: string | undefined;
  /** Of a GCP endpoint group: `name@ip`. */
  rules?: readonly string[] | undefined;
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
  const { provider: cloud, request } = readRequest(options);
  const service = await findEndpoint(context, options.endpoint, {
    ...options,
    provider: options.provider ?? cloud.toLowerCase(),
  });

  const added = await add(context, service, request, options.ifNotExists ?? false);
  const place = { service, id: request.id };
  const goal = { until: 'AVAILABLE', timeoutMs } as const;
  const [last = added] = isWaiting ? await awaitInterfaces(context, [place], [added], goal) : [];
  await io.print(interfaceView(last));
  const reference = await referTo(context, service);
  io.hint(
    last.status === 'AVAILABLE'
      ? `See how to connect through it: ${context.commandLine(`connection-strings --endpoint ${last.id} --wait`)}`
      : `Wait until it is connected: ${context.commandLine(`wait ${reference} --interface`)}`,
  );
}

async function add(
  context: Context,
  service: Endpoint,
  request: InterfaceRequest,
  orExisting: boolean,
): Promise<InterfaceEndpoint> {
  const atlas = await context.atlas();
  const look = context.commandLine(`interface list ${await referTo(context, service)}`);
  const unknown = `Whether Atlas attached it is not known. Look before you try again: ${look}`;
  try {
    return await atlas.addInterface(service, request);
  } catch (error) {
    if (error instanceof InterruptedError) error.hint = unknown;
    if (mayHaveTakenEffect(error)) {
      context.io.warn(`${error.message} The answer is lost; looking for what it did.`);
      const there = await atlas.getInterface(service, request.id).catch(() => undefined);
      if (there) return there;
      error.hint = unknown;
    }
    if (!(error instanceof ApiError)) throw error;
    if (error.errorCode === 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS') {
      if (orExisting) return atlas.getInterface(service, request.id);
      error.hint = 'To take the one that is there: --if-not-exists';
    }
    if (error.errorCode === 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS') {
      error.hint = `Wait until the service is ready: ${context.commandLine(`wait ${await referTo(context, service)}`)}`;
    }
    throw error;
  }
}

/** Reads which cloud the options are of, and what they say. Throws usage errors. */
function readRequest(options: AddOptions): { provider: Provider; request: InterfaceRequest } {
  const { id, ip, gcpProject, group, rules } = options;
  const isGcp = gcpProject !== undefined || group !== undefined || rules !== undefined;
  if (isGcp && ip !== undefined) throw new UsageError('--ip is of Azure; GCP takes --endpoint name@ip.');
  if (isGcp) return { provider: 'GCP', request: readGcp(options) };
  if (id === undefined)
    throw new UsageError('Which interface endpoint to add is missing.', 'For example vpce-0123456789abcdef0');
  if (ip !== undefined) {
    return { provider: 'AZURE', request: { provider: 'AZURE', id: checkInterfaceId('AZURE', id), ip: checkIp(ip) } };
  }
  if (id.startsWith('/'))
    throw new UsageError('The address of the Azure private endpoint is missing.', 'Give it with --ip.');
  return { provider: 'AWS', request: { provider: 'AWS', id: checkInterfaceId('AWS', id) } };
}

function readGcp({ id, gcpProject, group = id, rules = [] }: AddOptions): InterfaceRequest {
  if (id !== undefined && group !== id) throw new UsageError(`'${id}' and --group ${group} name two groups.`);
  const endpoints = rules.flatMap((rule) => rule.split(',')).map(parseForwardingRule);
  if (gcpProject === undefined) throw new UsageError('The GCP project is missing.', 'Give it with --gcp-project.');
  // With port mapping a single forwarding rule is all there is, and the group is called like it.
  const name = group ?? (endpoints.length === 1 ? endpoints[0]?.name : undefined);
  if (endpoints.length === 0)
    throw new UsageError('The forwarding rules are missing.', 'Give each with --endpoint name@ip.');
  if (name === undefined) throw new UsageError('The name of the endpoint group is missing.', 'Give it with --group.');
  return {
    ...{ provider: 'GCP', id: checkInterfaceId('GCP', name), endpoints },
    gcpProject: checkGcpProject(gcpProject),
  };
}
