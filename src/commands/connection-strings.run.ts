import { type Cluster, type ConnectionString, canUse, checkClusterName } from '../atlas/clusters.js';
import { withName } from '../atlas/model.js';
import { type CliError, NotFoundError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { listed } from '../base/words.js';
import { hasId, isSameId } from '../clouds/shapes.js';
import type { OptionsOf } from '../command.js';
import { awaitStrings, connectAll, eligibleOf, type StringsOf, stringRows } from '../connections/waits.js';
import type { Context } from '../context.js';
import { findEndpoint } from '../endpoints/find.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { listAttached, notAttached, readInterfaceName } from '../endpoints/interfaces.js';
import type { connectionStrings } from './connections.js';

export async function run(context: Context, options: OptionsOf<typeof connectionStrings>) {
  const { io } = context;
  const { timeoutMs, waits } = readGoal(options);
  checkClusterName(options.cluster);
  const selected = await readSelected(context, options.endpoint, options.provider);
  const { projectId, isSelected } = selected;
  const isWanted = ({ endpoints }: ConnectionString) => endpoints.some(({ id }) => isSelected(id));
  const stringsOf: StringsOf = ({ strings }) => strings.filter(isWanted);

  const all = await (await context.atlas()).listClusters(projectId);
  let clusters = all.filter(({ name }) => options.cluster === undefined || name === options.cluster);
  if (options.cluster !== undefined && clusters.length === 0) {
    const hint =
      all.length > 0 ? `Existing clusters: ${listed(all.map(({ name }) => name))}` : 'The project has no clusters.';
    throw new NotFoundError(`Cluster '${options.cluster}' not found.`, hint);
  }
  const wanted = { ...selected, stringsOf };
  let error: CliError | undefined;
  if (waits) {
    const found = await eligibleOf(context, clusters, wanted);
    const { eligible, reasons } = found;
    if (eligible.length === 0) {
      const why = [...reasons.values()][0] ?? 'The project has no clusters.';
      throw new NotFoundError(why, howToConnect(context, clusters, found) ?? 'There is nothing to wait for.');
    }
    for (const reason of reasons.values()) io.note(reason);
    const deadline = startDeadline(context, { timeoutMs });
    ({ reached: clusters, error } = await awaitStrings(context, eligible, wanted, deadline, options));
    if (error && clusters.length === 0) throw error;
  }

  await io.print({
    single: false,
    rows: stringRows(clusters, stringsOf),
    columns: ['cluster', 'type', 'srvConnectionString'],
    id: 'srvConnectionString',
    empty: 'No private connection strings.',
  });
  if (error) throw error;
  const found = await eligibleOf(context, clusters, wanted);
  const { eligible, reasons } = found;
  for (const reason of reasons.values()) io.note(reason);
  const hint = howToConnect(context, clusters, found);
  if (hint) io.hint(hint);
  for (const { name, status } of eligible.filter((each) => stringsOf(each).length === 0)) {
    const what =
      status === 'IDLE'
        ? 'does not have a private connection string yet.'
        : `is ${status}. Its private connection strings appear when it is IDLE.`;
    io.note(`${name} ${what} To wait: ${context.settings.again(cmd`--wait`)}`);
  }
  if (clusters.length === 0) io.note('The project has no clusters.');
}

function howToConnect(
  context: Context,
  clusters: readonly Cluster[],
  { reasons, uncovered }: Pick<Awaited<ReturnType<typeof eligibleOf>>, 'reasons' | 'uncovered'>,
) {
  const isLacking = (each: Cluster) =>
    !each.isPaused && reasons.has(each.id) && uncovered.some((at) => canUse(each, at));
  const names = clusters.filter((each) => each.regions.length > 1 && isLacking(each)).map(({ name }) => name);
  return names.length > 0 ? connectAll(context, names) : undefined;
}

/** `services`: those that the selected interface endpoints are attached to; undefined if all are selected. */
async function readSelected(context: Context, endpoint: string | undefined, provider: string | undefined) {
  const name = readInterfaceName({ endpoint });
  if (provider !== undefined && endpoint === undefined)
    throw new UsageError('--provider requires --endpoint.', 'It is the cloud of that endpoint.');
  if (name.endpoint !== undefined) {
    const service = await findEndpoint(context, name.endpoint, { provider });
    const { projectId, interfaceEndpoints } = service;
    return { projectId, isSelected: (id: string) => hasId(interfaceEndpoints, id), services: [service] };
  }
  const projectId = await context.settings.projectId();
  const { id: named } = name;
  if (named === undefined) return { projectId, isSelected: () => true, services: undefined };
  const attached = withName(await listAttached(context, name, { provider }), named);
  if (attached.length === 0) throw notAttached(context, named);
  const isSelected = (id: string) => attached.some((each) => isSameId(each.id, id));
  return { projectId, isSelected, services: [...new Set(attached.map(({ service }) => service))] };
}
