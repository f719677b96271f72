import type { Endpoint } from '../../atlas/model.js';
import { deleted } from '../../atlas/status.js';
import { CliError, ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import type { CloudEndpoint, Owned } from '../../cloud-side/cloud-side.js';
import type { Teardown } from '../../cloud-side/teardown.js';
import { readAgain } from '../../endpoints/await.js';
import { deleteAndAwait } from '../../endpoints/request-delete.js';
import type { Session } from '../../endpoints/session.js';
import { detach } from '../../interfaces/attach.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import type { Deadline } from '../../wait/deadline.js';
import { awaitCloudEndpoint } from '../await-cloud.js';
import { openChecklist, type StepResult } from '../checklist.js';
import { hintToContinue } from '../hint-to-continue.js';
import type { Found, Plan, PlannedRemoval } from './plan.js';

export interface Work {
  session: Session;
  found: Found;
  teardowns: readonly Teardown[];
  deadline: Deadline;
}

export interface Outcome {
  /** As it was read last. */
  service: Endpoint | undefined;
  results: StepResult[];
  /** What was deleted in the user's cloud. */
  deleted: string[];
  /** The security groups that were kept, and what uses them. */
  inUse: (Owned & { why: string })[];
}

/** The network interfaces of an endpoint go within minutes after it. */
const mostInUseMs = 10 * 60_000;

const results = { remove: 'removed', keep: 'kept', done: 'done' } as const;

/** Atlas may remove a service that was to stay together with its last interface endpoint. */
function resultOf({ id, title, action, what }: PlannedRemoval, { service, inUse }: Outcome): StepResult {
  if (id === 'security-group' && inUse.length > 0)
    return { id, title, result: 'kept', detail: inUse.map((each) => `${each.id}, ${each.why}`).join('; ') };
  const isLost = id === 'service' && action === 'keep' && service?.status === deleted;
  if (!isLost) return { id, title, result: results[action], detail: what };
  return { id, title, result: 'removed', detail: `${service.id}, which no longer exists` };
}

/** Removes what the plan says, one step after the other. Every error says what is left, and how to go on. */
export async function carryOut(work: Work, plan: Plan): Promise<Outcome> {
  const { session, found } = work;
  const { service, projectId, provider, region } = found;
  const outcome: Outcome = { service, results: [], deleted: [], inUse: [] };
  const titles = plan.steps.map(({ title }) => title);
  const checklist = await openChecklist(session, titles);
  let current: PlannedRemoval | undefined;
  try {
    for (const step of plan.steps) {
      current = step;
      const inner = { ...work, session: checklist.begin(step) };
      if (step.action === 'remove') await runs[step.id](inner, plan, outcome);
      // The earlier steps have changed it.
      else if (step.id === 'service' && service)
        outcome.service = (await readAgain(session, service).catch(ignoreFailure)) ?? service;
      const result = resultOf(step, outcome);
      outcome.results.push(result);
      const facts = { endpointId: service?.id ?? null, interfaceEndpointId: plan.attached[0] ?? null };
      checklist.end(result, { ...facts, projectId, provider, region });
    }
  } catch (error) {
    checklist.stop(current);
    throw error instanceof CliError ? withWayOn(session, error, plan, outcome) : error;
  }
  checklist.stop();
  return outcome;
}

type Run = (work: Work, plan: Plan, outcome: Outcome) => Promise<void>;

const runs = {
  attachment: async ({ session, deadline }, { attached }, { service }) => {
    if (!service) return;
    const all = attached.map((id) => ({ service, id }));
    const asked = [];
    for (const each of all) asked.push(await detach(session, each));
    await awaitInterfaces(session, all, asked, { until: deleted, timeoutMs: deadline.left() }, { deadline });
  },
  'vpc-endpoint': async ({ session, found, teardowns, deadline }, { endpoints }, outcome) => {
    const { projectId, provider } = found;
    const judge = ({ state }: CloudEndpoint) => (state === deleted ? 'reached' : 'pending');
    for (const endpoint of endpoints) {
      const teardown = teardowns.find(({ region }) => region === endpoint.region);
      if (!teardown) continue;
      await teardown.deleteEndpoint(endpoint.id);
      const { read, region } = teardown;
      const about = { endpointId: outcome.service?.id ?? null, projectId, provider, region };
      await awaitCloudEndpoint(session, { ...endpoint, state: 'DELETING' }, { read, judge, about, deadline });
      outcome.deleted.push(endpoint.id);
    }
  },
  'security-group': async ({ session, teardowns, deadline }, { guards }, outcome) => {
    for (const guard of guards) {
      const { id } = guard;
      const teardown = teardowns.find(({ region }) => region === guard.region);
      if (!teardown) continue;
      const { clock, signal, io } = session;
      // The Atlas service, which is billed, comes next and needs time too.
      const endsAt = clock.monotonic() + Math.min(mostInUseMs, deadline.left() / 2);
      let users = await teardown.deleteGuard(id);
      if (users?.length === 0) io.note(`${id} is still in use. AWS frees it minutes after its VPC endpoint is gone.`);
      while (users?.length === 0 && clock.monotonic() < endsAt) {
        await clock.sleep(5000, signal);
        users = await teardown.deleteGuard(id);
      }
      const why = users?.length ? `used by rules of ${listed(users)}` : 'still in use';
      if (users === null) outcome.deleted.push(id);
      else outcome.inUse.push({ ...guard, why });
    }
  },
  service: async ({ session, deadline }, _, outcome) => {
    if (!outcome.service) return;
    // It may have gone with its last interface endpoint, or somebody has attached another one.
    const now = await readAgain(session, outcome.service);
    outcome.service = now;
    if (now.status === deleted) return;
    outcome.service = await deleteAndAwait(session, now, ['--yes'], { timeoutMs: deadline.left(), deadline });
  },
} as const satisfies Record<PlannedRemoval['id'], Run>;

/** The error with what is left, and that the same command goes on from there. */
function withWayOn(session: Session, error: CliError, plan: Plan, outcome: Outcome): CliError {
  const isDone = (id: string) => outcome.results.some((each) => each.id === id);
  const left = plan.steps.filter(({ id, action }) => action === 'remove' && !isDone(id));
  const what = `Not removed yet: ${listed(left.map((each) => `${each.title} ${each.what}`))}.`;
  return error.withHint(hintToContinue(error, what, session.again(cmd``)));
}
