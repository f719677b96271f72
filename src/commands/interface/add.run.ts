import type { Endpoint } from '../../atlas/model.js';
import { UsageError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { clouds, parseProvider } from '../../clouds/all.js';
import type { Cloud, InterfaceRequest } from '../../clouds/cloud.js';
import { cloudsOf } from '../../clouds/regions.js';
import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { findEndpoint, referTo } from '../../endpoints/find.js';
import { isWaiting, readGoal } from '../../endpoints/goal.js';
import { attach } from '../../interfaces/attach.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import { readRequest } from '../../interfaces/request.js';
import { interfaceView } from '../../interfaces/view.js';
import type { add as definition } from './add.js';

type Options = OptionsOf<typeof definition>;

/** Attaches an interface endpoint to a private endpoint service. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const waits = isWaiting(options);
  // The options show which cloud is meant. They are checked before anything is sent.
  const regions = cloudsOf(options.service);
  const { provider: cloud, request } = readRequest(
    { ...options, id: options.interface },
    regions.length === 1 ? regions[0] : undefined,
  );
  if (regions.length === 1 && regions[0] !== cloud) {
    throw new UsageError(
      `The interface endpoint is on ${cloud}, but ${options.service} is a region on ${regions[0]}.`,
      {
        text: `Choose a private endpoint service on ${cloud}:`,
        commands: [context.commandLine(cmd`list --provider ${cloud.toLowerCase()}`)],
      },
    );
  }
  const said = options.provider === undefined ? cloud : parseProvider(options.provider);
  if (said !== cloud)
    throw new UsageError(`The interface endpoint is on ${cloud}, but --provider is ${said}.`, 'Remove --provider.');
  const { suits, check } = clouds[cloud].interfaces as Cloud['interfaces'];
  const service = await findEndpoint(
    context,
    options.service,
    { ...options, provider: cloud.toLowerCase() },
    { prefer: (each) => suits?.(each, request) ?? true },
  );
  check?.(service, request);
  warnOfFewRules(context, service, request);

  const added = await attach(context, service, request, options.ifNotExists ?? false);
  const attached = { service, id: request.id };
  const goal = { until: 'AVAILABLE', timeoutMs } as const;
  const [last = added] = waits ? await awaitInterfaces(context, [attached], [added], goal) : [];
  await io.print(interfaceView(last), { isDone: true });
  const reference = await referTo(context, service);
  const [what, next] =
    last.status === 'AVAILABLE'
      ? ['Get the connection strings:', cmd`connection-strings --endpoint ${reference} --wait`]
      : ['Wait until it is AVAILABLE:', cmd`wait ${reference} --interface`];
  io.hint({ text: what, commands: [context.commandLine(next)] });
}

function warnOfFewRules({ io }: Pick<Context, 'io'>, service: Endpoint, request: InterfaceRequest): void {
  const [given, wanted] = clouds[service.provider].interfaces.rules?.(service, request) ?? [];
  if (given !== undefined)
    io.warn(`Only ${given} of ${wanted} forwarding rules specified. Atlas expects one for each service attachment.`);
}
