import { deleted, type Endpoint, isLeaving } from '../atlas/model.js';
import { advise, CliError, NotFoundError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { clouds, parseProvider } from '../clouds/all.js';
import type { CloudFacts } from '../clouds/facts.js';
import { cloudsOf } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { brokenRows, checkOutage, readBrokenStrings, showBroken } from '../connections/removal.js';
import type { Context } from '../context.js';
import { findEndpoint } from '../endpoints/find.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import {
  attach,
  awaitInterfaces,
  checkPossible,
  describeInterface,
  detach,
  findAttached,
  listAttached,
  readAttached,
  readInterfaceName,
  readRequest,
} from '../endpoints/interfaces.js';
import { readNames, referTo } from '../endpoints/name.js';
import { ignoreMissing } from '../endpoints/next-step.js';
import { changeUnknown, reconcile } from '../endpoints/reconcile.js';
import { endpointsView, endpointView, interfaceView, nameOf } from '../endpoints/view.js';
import type { interfaceAdd, interfaceGet, interfaceList, interfaceRemove } from './interface.js';
import { approval } from './saving.js';

export async function addInterface(context: Context, options: OptionsOf<typeof interfaceAdd>) {
  const { io } = context;
  const { timeoutMs, waits } = readGoal(options);
  // The options show the cloud. They are checked before anything is sent.
  const regions = cloudsOf(options.service);
  const likely = regions.length === 1 ? regions[0] : undefined;
  const { provider: cloud, request } = readRequest({ ...options, id: options.interface }, likely);
  const filter = { ...options, provider: cloud.toLowerCase() };
  const chosen = options.provider && parseProvider(options.provider);
  const other = [likely, chosen].find((each) => each && each !== cloud);
  if (other) {
    const what = other === likely ? `${options.service} is a region on` : '--provider is';
    throw new UsageError(
      `The interface endpoint is on ${cloud}, but ${what} ${other}.`,
      advise(context, `Choose a private endpoint service on ${cloud}:`, cmd`list --provider ${filter.provider}`),
    );
  }
  const { suits, check } = clouds[cloud].interfaces as CloudFacts['interfaces'];
  const prefer = (each: Endpoint) => suits?.(each, request) ?? true;
  const service = await findEndpoint(context, options.service, filter, { prefer });
  const warning = check?.(service, request);
  if (warning !== undefined) io.warn(warning);

  const added = await attach(context, service, request, options.ifNotExists ?? false);
  const goal = { until: 'AVAILABLE', deadline: startDeadline(context, { timeoutMs }) };
  const [last = added] = waits ? await awaitInterfaces(context, [service], [added], goal) : [];
  await io.print(endpointView(last, interfaceView), { isDone: true });
  const reference = await referTo(context, service);
  io.hint(
    last.status === 'AVAILABLE'
      ? advise(context, 'Get the connection strings:', cmd`connection-strings --endpoint ${reference} --wait`)
      : advise(context, 'Wait until it is AVAILABLE:', cmd`wait ${reference} --interface`),
  );
}

export async function getInterface(context: Context, options: OptionsOf<typeof interfaceGet>) {
  const attached = await findAttached(context, readInterfaceName(options), options);
  await context.io.print(endpointView(await readAttached(context, attached), interfaceView));
}

export async function listInterfaces(context: Context, options: OptionsOf<typeof interfaceList>) {
  const attached = await listAttached(context, options, options);
  await context.io.print(
    endpointsView(await Promise.all(attached.map((each) => readAttached(context, each))), interfaceView),
  );
}

export async function removeInterface(context: Context, options: OptionsOf<typeof interfaceRemove>) {
  const { io } = context;
  const { timeoutMs, waits } = readGoal(options);
  const name = readInterfaceName(options);
  readNames([name.endpoint], options);
  const question = { yes: options.yes, undone: 'Nothing was removed' };
  const argument = { what: 'an interface endpoint id', word: 'INTERFACE', isGiven: name.id !== undefined };
  const approve = approval(context, { ...question, name: argument });
  const found = await findAttached(context, name, options).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    // If the private endpoint is gone, so are its interface endpoints.
    if (options.ifExists) return checkPossible(name, options);
    throw error.reason === 'noneAtAll' ? error.withHint(ignoreMissing(context)) : error;
  });
  if (!found) {
    io.note('Nothing to remove.');
    const unknown = { endpointId: null, provider: null, region: null, atlasRegion: null };
    const gone = { id: name.id ?? null, projectId: await context.settings.projectId(), ...unknown, status: deleted };
    await io.print(endpointView({ ...gone, errorMessage: null, breaks: [] }, interfaceView));
    return;
  }
  const { service } = found;
  const broken = await readBrokenStrings(context, service.projectId, [{ service, ids: [found.id] }], [service]);
  checkOutage(context, broken, { ...question, allowOutage: options.allowOutage });
  const others = service.interfaceEndpoints.filter((id) => id !== found.id);
  const staying = await Promise.all(others.map((id) => readAttached(context, { service, id })));
  if (staying.every(({ status }) => isLeaving(status))) {
    io.warn(
      `This is the last interface endpoint of ${nameOf(service)}. Atlas may also delete the private endpoint service.`,
    );
  }
  showBroken(io, broken, service.provider);
  await approve(`Remove interface endpoint ${describeInterface(found)}?`);

  const removed = await detach(context, found);
  const goal = { until: deleted, deadline: startDeadline(context, { timeoutMs }) };
  const [last = removed] = waits ? await awaitInterfaces(context, [service], [removed], goal) : [];
  await io.print(endpointView({ ...last, breaks: brokenRows(broken) }, interfaceView), { isDone: true });
  if (last.status === deleted) return;
  const wait = cmd`wait ${await referTo(context, service)} --interface --until ${deleted}`;
  io.hint(advise(context, 'Wait until it is gone:', wait));
}

export async function getMode(context: Context) {
  const projectId = await context.settings.projectId();
  const atlas = await context.atlas();
  await context.io.print(modeView(projectId, await atlas.getRegionalMode(projectId)));
}

export const enableMode = changeMode(
  true,
  'In regional mode, a region can have multiple private endpoints, and each region of a ' +
    'sharded cluster gets its own connection string. Only sharded clusters support it. Private ' +
    'connection strings will change.',
);

export const disableMode = changeMode(
  false,
  'Without regional mode, a region has one private endpoint, and a cluster has one private ' +
    'connection string for all its regions. Private connection strings will change.',
);

function changeMode(enabled: boolean, about: string) {
  return async (context: Context, { yes }: { yes?: boolean | undefined }): Promise<void> => {
    const { io } = context;
    const approve = approval(context, { yes, undone: 'Nothing was changed', about });
    const projectId = await context.settings.projectId();
    const atlas = await context.atlas();
    if ((await atlas.getRegionalMode(projectId)) === enabled) {
      io.note(`Regional mode is already ${enabled ? 'enabled' : 'disabled'}.`);
    } else {
      io.warn(about);
      await approve(`${enabled ? 'Enable' : 'Disable'} regional mode for project ${projectId}?`);
      const unknown = () => advise(context, changeUnknown, cmd`regional-mode get`);
      await reconcile(() => atlas.setRegionalMode(projectId, enabled), { unknown }).catch((error: unknown) => {
        if (enabled || !(error instanceof CliError) || error.exit !== 'conflict') throw error;
        const text = 'First, delete private endpoints until no region has more than one. List them:';
        throw error.withHint(advise(context, text, cmd`list`));
      });
    }
    await io.print(modeView(projectId, enabled), { isDone: true });
  };
}

function modeView(projectId: string, enabled: boolean) {
  return { single: true, rows: [{ projectId, enabled }], id: 'projectId' };
}
