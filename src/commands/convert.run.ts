import type { Endpoint } from '../atlas/model.js';
import { isLeaving } from '../atlas/status.js';
import { CliError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { hintLeftovers, removeOlder, whyNotYet } from '../connections/convert/finish.js';
import { awaitAttached, awaitNewStrings, checkNames, hintAttach, mappedFor } from '../connections/convert/go-on.js';
import { findPair, inProjectOf, type ServicePair } from '../connections/convert/pair.js';
import {
  conversionView,
  interfacesByProject,
  isBehind,
  readSides,
  type Sides,
} from '../connections/convert/strings.js';
import { hintToContinue } from '../connections/steps.js';
import type { Context } from '../context.js';
import { readAgain } from '../endpoints/await.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { yesOf } from '../endpoints/next-step.js';
import { isOlder } from '../endpoints/older.js';
import type { Session } from '../endpoints/session.js';
import { nameOf } from '../endpoints/view.js';
import { approval } from './approval.js';
import type { convert } from './connections.js';

/**
 * Moves a private endpoint to port mapping, as far as it can go now. It finds what exists, so running it again
 * continues.
 */
export async function run(context: Context, options: OptionsOf<typeof convert>): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const pair = await findPair(context, options.endpoint);
  const some = pair?.older ?? pair?.mapped;
  if (!pair || !some) {
    io.note('Nothing to convert: all private endpoints of the project have port mapping.');
    const none = { older: undefined, mapped: undefined, there: [] };
    await io.print(conversionView(none, await readSides(context, none)));
    return;
  }
  const session = await inProjectOf(context, some);
  const { older } = pair;
  if (!older) {
    io.note(
      `Nothing to convert: ${nameOf(some)} has port mapping, and ${some.region} has no private endpoint without it.`,
    );
    await print(session, pair);
    return;
  }

  const again = context.again(cmd``);
  let isRemoving = isLeaving(older.status);
  try {
    if (options.finish) {
      const ask = () => {
        const approve = approval(context, {
          yes: options.yes,
          undone: 'Nothing was removed',
          name: { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: options.endpoint !== undefined },
        });
        return async (question: string) => {
          await approve(question);
          isRemoving = true;
        };
      };
      await finish(session, { ...pair, older }, { timeoutMs, ask, yes: options.yes ? ['--yes'] : [] });
    } else {
      const deadline = startDeadline(context, { timeoutMs }, true);
      await goOn(session, { ...pair, older }, { timeoutMs, deadline }, again);
    }
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === 'declined' || error.exit === 'conflict') throw error;
    throw error.withHint(
      hintToContinue(error, `${nameOf(older)} is ${isRemoving ? 'being removed' : 'unchanged'}.`, again),
    );
  }
}

type Time = Parameters<typeof mappedFor>[2];

async function goOn(session: Session, pair: Converting, time: Time, again: string): Promise<void> {
  const { older } = pair;
  const { io, commandLine } = session;
  const mapped = await mappedFor(session, pair, time);
  const now = { ...pair, mapped };
  const before = await readSides(session, now);
  await checkNames(session, before);
  const isAttached = await awaitAttached(session, mapped, before, time);
  if (isAttached) await awaitNewStrings(session, mapped, await readSides(session, now), time);
  const sides = await print(session, now);
  const why = whyNotYet(now, sides);
  if (why !== undefined) {
    io.note(why);
    const projects = interfacesByProject(sides).flatMap((each) => (isBehind(each) ? each.project : []));
    if (projects.length > 0 || !isAttached) await hintAttach(session, mapped, projects, again);
    return;
  }
  const finishing = commandLine(cmd`convert ${await nameIn(session, older)} --finish ${yesOf(session)}`);
  io.hint({
    text: 'Change the connection strings in your applications. Then remove the old private endpoint service:',
    commands: [finishing],
  });
}

type Converting = ServicePair & { older: Endpoint };

interface Finishing {
  timeoutMs: number;
  /** Throws if it can't ask. */
  ask: () => (question: string) => Promise<void>;
  yes: readonly string[];
}

async function finish(session: Session, pair: Converting, { ask, timeoutMs, yes }: Finishing): Promise<void> {
  const { io, commandLine } = session;
  const { older, mapped } = pair;
  const sides = await readSides(session, pair);
  const interfaces = sides.older;
  if (!isLeaving(older.status)) {
    await checkNames(session, sides);
    const why = whyNotYet(pair, sides);
    if (why !== undefined) {
      const hint = { text: 'To continue:', commands: [commandLine(cmd`convert ${await nameIn(session, older)}`)] };
      throw new CliError('conflict', `${nameOf(older)} cannot be removed yet. ${why}`, { hint });
    }
    const approve = ask();
    const { length } = interfaces;
    const too = length > 0 ? ` and its interface endpoints ${listed(interfaces.map(({ id }) => id))}` : '';
    io.warn('Applications that still use the old connection strings will lose their connection.');
    await approve(`Remove the private endpoint service ${nameOf(older)} (without port mapping)${too}?`);
    const late = whyNotYet(pair, await readSides(session, pair)); // The answer may have taken any time.
    if (late !== undefined) throw new CliError('conflict', `Nothing was removed. ${late}`);
  }
  // The time that the user takes to answer doesn't count.
  const deadline = startDeadline(session, { timeoutMs }, true);
  await removeOlder(session, older, { timeoutMs, deadline, yes });
  const left = { mapped: mapped && (await readAgain(session, mapped)), older: undefined };
  const there = pair.there.filter(({ id }) => id !== older.id);
  const after = await readSides(session, { ...left, there });
  await io.print(conversionView({ ...left, older }, after), { isDone: true });
  hintLeftovers(session, older, interfaces);
}

/** Reads both sides and prints their connection strings. */
async function print(session: Session, pair: ServicePair): Promise<Sides> {
  const sides = await readSides(session, pair);
  await session.io.print(conversionView(pair, sides), { isDone: true });
  return sides;
}

/** How a command line names it. A region still works when the old service is gone. */
async function nameIn(session: Session, older: Endpoint): Promise<string> {
  const atlas = await session.atlas();
  const all = await atlas.listServices(older.projectId, older.provider);
  const alike = all.filter((each) => isOlder(each) && each.atlasRegion === older.atlasRegion);
  return alike.length > 1 ? older.id : older.region;
}
