import { createdAt } from '../atlas/ids.js';
import { deleted, type Endpoint, type InterfaceEndpoint } from '../atlas/model.js';
import { advise, CliError, InterruptedError, NotFoundError, ReaderGoneError, UsageError } from '../base/errors.js';
import { cmd, option } from '../base/shell.js';
import { closest, guessed, listed } from '../base/words.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaitEndpoints } from '../endpoints/await.js';
import { timedOut } from '../endpoints/await-all.js';
import { findEndpoints } from '../endpoints/find.js';
import { type Goal, goOnWaiting, readGoal, startDeadline } from '../endpoints/goal.js';
import { attachedTo, awaitInterfaces, interfaceUntil, readAttached } from '../endpoints/interfaces.js';
import { referTo } from '../endpoints/name.js';
import { connectCommand } from '../endpoints/next-step.js';
import { endpointsView, endpointView, goneRow, interfaceView, nameOf } from '../endpoints/view.js';
import type { RequestLimits } from '../http/ask.js';
import type { Io } from '../ui/io.js';
import type { Row, View } from '../ui/view.js';
import { type Deadline, retryUntil } from '../wait/deadline.js';
import { newMs, secondLookMs } from '../wait/wait.js';
import type { wait } from './services.js';

type Options = OptionsOf<typeof wait>;

export async function run(context: Context, options: Options) {
  const { io } = context;
  const { args, until } = readUntil(context, options);
  const { any = false, provider, region, timeout } = options;
  if (options.all && args.length > 0)
    throw new UsageError('--all cannot be combined with endpoints.', `Remove: ${listed(args)}`);
  const all = options.all || (any && args.length === 0);
  const again = context.settings.again(cmd``);
  const everything = ['--all', ...option('--provider', provider), ...option('--region', region)];
  const read = readGoal({ until, timeout });
  const deadline = startDeadline(context, read, { isKnown: false });
  const goal = { until: read.until, deadline, any, all: all ? everything : undefined, again };
  const interfaces = options.interface ? interfaceUntil(goal.until) : undefined;

  // The first request is part of the wait, so errors do not end it.
  const find = (how: RequestLimits) => findEndpoints(context, args, options, { all, limits: how });
  const found = await findUntilSure(context, deadline, goal.until, find).catch((error: unknown) => {
    if (!(error instanceof InterruptedError)) throw error;
    throw error.withHint({ text: goOnWaiting, commands: [again] });
  });
  if (!found) throw noResponse(deadline);
  const { projectId, endpoints, named, notFound } = found;
  const isNone = endpoints.every((endpoint) => !endpoint);
  const isGoneGood = goal.until === deleted;
  const missing = endpoints.length === 0 ? 0 : endpoints.findIndex((endpoint) => !endpoint);
  if (missing !== -1 && !isGoneGood) {
    // With --any one endpoint is enough, and the existing ones may still reach the status.
    if (!any || isNone) throw notFound(missing);
    io.warn(notFound(missing).message);
  }
  const goneRows = endpoints.map((endpoint, index) =>
    endpoint || !isGoneGood ? undefined : goneRow(projectId, named[index] ?? {}),
  );
  const gone = goneRows.filter((row) => row !== undefined);
  if (gone.length > 0 && isNone) io.note('Nothing to wait for: no such private endpoint service exists.');
  // The same endpoint may be given twice, by id and by region.
  const byId = new Map(endpoints.flatMap((endpoint) => (endpoint ? [[endpoint.id, endpoint] as const] : [])));

  if (interfaces) return waitForInterfaces(context, [...byId.values()], { ...goal, until: interfaces });

  const stream = streamOf(io, (row) => endpointView(row));
  for (const row of gone) await stream(row);
  const isOne = any || (args.length <= 1 && !all);
  const wait = () => awaitKnown(context, byId, { ...goal, onRead: stream }, isOne);
  const reached = any && gone.length > 0 ? [] : await wait();
  if (io.format === 'jsonl') return;

  const last = new Map(reached.map((each) => [each.id, each]));
  const rows = endpoints.map((endpoint, index) => (endpoint ? last.get(endpoint.id) : goneRows[index]));
  const shown = [...new Set(rows)].filter((row) => row !== undefined);
  const [first] = shown;
  await io.print(isOne && first ? endpointView(first) : endpointsView(shown));
}

/** If the wait ends with an error, prints what is known of several endpoints. */
async function awaitKnown(context: Context, byId: ReadonlyMap<string, Endpoint>, goal: Goal, isOne: boolean) {
  const { io } = context;
  const known = new Map(byId);
  const onRead = async (endpoint: Endpoint) => {
    known.set(endpoint.id, endpoint);
    if (goal.until === 'AVAILABLE') noteUnattached(context, endpoint);
    await goal.onRead?.(endpoint);
  };
  try {
    return await awaitEndpoints(context, [...byId.values()], { ...goal, onRead });
  } catch (error) {
    const isEnd = error instanceof CliError && !(error instanceof InterruptedError);
    if (isEnd && !isOne && io.format !== 'jsonl') await io.print(endpointsView([...known.values()]));
    throw error;
  }
}

/** Without an interface endpoint, the wait would say nothing until its time-out. */
function noteUnattached(context: Context, { id, provider, region, status, interfaceEndpoints }: Endpoint) {
  if (status !== 'WAITING_FOR_USER' || interfaceEndpoints.length > 0) return;
  const connect = context.settings.commandLine(connectCommand(provider, region));
  context.io.note(`${nameOf({ id, region })} becomes AVAILABLE when an interface endpoint is attached: ${connect}`);
}

/** Reads missing ones a second time, and more often if their ids are so new that Atlas may not list them yet. */
async function findUntilSure(
  { io, clock, atlas }: Context,
  deadline: Deadline,
  until: string,
  find: (how: RequestLimits) => ReturnType<typeof findEndpoints>,
) {
  const started = clock.monotonic();
  for (let looks = 1; ; looks++) {
    const found = await retryUntil(deadline, find);
    if (!found || deadline.remainingMs() <= 0) return found;
    const now = (await atlas()).timeThere(clock.now());
    const isNew = found.named.some(({ id = '' }, index) => {
      const age = now - (createdAt(id) ?? 0);
      return !found.endpoints[index] && Math.abs(age) < newMs && clock.monotonic() - started < newMs;
    });
    const isMissing = found.endpoints.length === 0 || found.endpoints.some((endpoint) => !endpoint);
    const isDoubtful = until === deleted ? isNew && looks === 1 : isNew || (isMissing && looks === 1);
    if (!isDoubtful) return found;
    if (isNew && looks === 1) io.note('Atlas does not list the new private endpoint service yet. Checking again.');
    await deadline.pause(secondLookMs);
  }
}

async function waitForInterfaces(context: Context, services: readonly Endpoint[], goal: Goal<InterfaceEndpoint>) {
  const { io } = context;
  const attached = attachedTo(services);
  if (attached.length === 0 && goal.until !== deleted) {
    const [first] = services;
    const reference = first ? await referTo(context, first) : 'ENDPOINT';
    const hint = advise(context, 'Attach one:', cmd`interface add ${reference} INTERFACE`);
    throw new NotFoundError('No interface endpoint to wait for.', hint);
  }
  const read = (how: RequestLimits) => Promise.all(attached.map((each) => readAttached(context, each, how)));
  const now = await retryUntil(goal.deadline, read);
  if (!now) throw noResponse(goal.deadline);
  const onRead = streamOf(io, (row) => endpointView(row, interfaceView));
  const last = await awaitInterfaces(context, services, now, { ...goal, onRead });
  if (io.format === 'jsonl') return;
  const [first] = last;
  await io.print(goal.any && first ? endpointView(first, interfaceView) : endpointsView(last, interfaceView));
}

function streamOf({ format, print }: Io, view: (row: Row) => View): (row: Row) => Promise<void> {
  return async (row) => {
    if (format === 'jsonl' && !(await print(view(row)))) throw new ReaderGoneError();
  };
}

function noResponse(deadline: Deadline) {
  const hint = 'The status of the endpoints is unknown. Try again when Atlas responds.';
  return timedOut('no response from Atlas', deadline).withHint(hint);
}

/** Takes `until STATUS` from the arguments, which means --until STATUS. */
function readUntil({ settings }: Context, { endpoint: args, until }: Options) {
  const [keyword = '', status, ...rest] = args;
  if (keyword.toLowerCase() !== 'until') {
    if (closest(keyword, ['until'])) throw new UsageError(`'${keyword}' is not an endpoint.`, guessed('until'));
    return { args, until };
  }
  if (status === undefined)
    throw new UsageError("Missing status after 'until'.", {
      text: 'Example:',
      commands: [settings.again(cmd`ready`)],
    });
  if (until !== undefined)
    throw new UsageError(`'until ${status}' and --until ${until} cannot be combined.`, 'Use only one of them.');
  return { args: rest, until: status };
}
