import { texts } from '../base/json.js';
import { checkHasSide } from '../cloud-side/all.js';
import { openAwsTeardown } from '../cloud-side/aws/teardown.js';
import { clouds, defaultProvider } from '../clouds/all.js';
import { parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { carryOut } from '../connections/disconnect/carry-out.js';
import { type Found, type Plan, planDisconnect } from '../connections/disconnect/plan.js';
import { readBothSides } from '../connections/disconnect/read-both-sides.js';
import { planSections, planView, resultView } from '../connections/disconnect/view.js';
import { whyKept } from '../connections/disconnect/why-kept.js';
import type { Context } from '../context.js';
import { findEndpoints } from '../endpoints/find.js';
import { readGoal, startPatience } from '../endpoints/goal.js';
import { readInterfaceName } from '../interfaces/find.js';
import { approval } from './approval.js';
import { awsAccess, lineOf } from './aws-access.js';
import type { disconnect } from './disconnect.js';

type Options = OptionsOf<typeof disconnect>;

type Target = Parameters<typeof readBothSides>[1];

/** Removes both sides of a private endpoint, as far as this program created them. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const { target, notFound } = await readTarget(context, options);
  const access = await awsAccess(context, options.awsProfile);
  const line = lineOf(context, options.verbose);
  const teardowns = regionsOf(target, options).map((region) => openAwsTeardown(region, access, line));
  try {
    const found = await readBothSides(context, target, teardowns);
    const bare = planDisconnect(found);
    const kept = await whyKept(context, found, bare);
    const plan = kept ? { ...bare, notes: [...bare.notes, kept.note] } : bare;
    if (!found.service && plan.steps.every(({ action }) => action === 'done')) throw notFound;
    if (options.dryRun) {
      await io.print(planView(found, plan));
      return;
    }
    const isRemoving = plan.steps.some(({ action }) => action === 'remove');
    if (kept && !isRemoving) throw kept.error;
    const approve = isRemoving
      ? approval(context, {
          yes: options.yes,
          undone: 'Nothing was removed',
          name: { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: options.endpoint !== undefined },
        })
      : undefined;
    for (const { region, rehearse } of teardowns) {
      const here = <T extends { id: string; region: string }>(all: readonly T[]) =>
        all.filter((each) => each.region === region).map(({ id }) => id);
      await rehearse(here(plan.endpoints), here(plan.guards));
    }
    for (const { title, lines } of planSections(plan)) io.note(title, lines);
    await approve?.(questionOf(found, plan));
    const patience = startPatience(context, { timeoutMs }, true);
    const { projectId, provider } = found;
    const work = { session: context, projectId, provider, teardowns, patience };
    const outcome = await carryOut(work, plan, found);
    await io.print(resultView(found, plan, outcome), { isDone: true });
    if (kept) throw kept.error;
  } finally {
    for (const { close } of teardowns) close();
  }
}

/** Reads which connection is meant. The service may be gone already, if a first run was interrupted. */
async function readTarget(context: Context, options: Options): Promise<{ target: Target; notFound: Error }> {
  const { endpoint, id: named } = readInterfaceName(options);
  const found = await findEndpoints(context, endpoint === undefined ? [] : [endpoint], { region: options.region });
  const [service] = found.endpoints;
  const keepsService = options.keepService ?? false;
  if (service) {
    checkHasSide(service.provider);
    const { provider, region } = service;
    const target = { projectId: found.projectId, provider, region, service, named, keepsService };
    return { target, notFound: found.notFound(0) };
  }
  const where = found.named[0]?.region ?? options.region;
  if (where === undefined) throw found.notFound(0);
  const provider = defaultProvider;
  const { region } = parseRegion(provider, where);
  const target = { projectId: found.projectId, provider, region, service: undefined, named, keepsService };
  return { target, notFound: found.notFound(0, `${clouds[provider].title} has no resources for it either.`) };
}

/** The regions in which there may be VPC endpoints for the service. */
function regionsOf({ provider, region, service }: Target, { vpcRegion }: Options): string[] {
  const more = vpcRegion === undefined ? [] : [parseRegion(provider, vpcRegion).region];
  return [...new Set([region, ...texts(service?.supportedRemoteRegions), ...more])];
}

function questionOf({ belongings, projectId, provider }: Found, { steps }: Plan): string {
  const what = steps.filter(({ action }) => action === 'remove').map(({ title, detail }) => `${title} ${detail}`);
  return `Remove these resources from ${clouds[provider].title} account ${belongings[0]?.account} and Atlas project ${projectId}: ${what.join('; ')}?`;
}
