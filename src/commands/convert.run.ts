import type { Endpoint } from '../atlas/model.js';
import { isLeaving } from '../atlas/status.js';
import { CliError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { hintLeftovers, removeOlder, whyNotYet } from '../connections/convert/finish.js';
import { awaitAttached, awaitNewStrings, hintAttach, mappedFor } from '../connections/convert/go-on.js';
import { findPair, inProjectOf, type Pair } from '../connections/convert/pair.js';
import { behind, clustersOf, conversionView } from '../connections/convert/strings.js';
import { hintToContinue } from '../connections/hint-to-continue.js';
import type { Context } from '../context.js';
import { readAgain } from '../endpoints/await.js';
import { readGoal, startPatience } from '../endpoints/goal.js';
import { yesOf } from '../endpoints/next-step.js';
import { isOlder } from '../endpoints/older.js';
import type { Session } from '../endpoints/session.js';
import { nameOf } from '../endpoints/view.js';
import { readAllAttached } from '../interfaces/find.js';
import { approval } from './approval.js';
import type { convert } from './convert.js';

type Options = OptionsOf<typeof convert>;

/**
 * Moves a private endpoint to port mapping, as far as it can go now. It finds what exists, so running it again
 * continues.
 */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const pair = await findPair(context, options.endpoint);
  const some = pair?.older ?? pair?.mapped;
  if (!pair || !some) {
    io.note('Nothing to convert: all private endpoints of the project have port mapping.');
    await io.print(conversionView({ older: undefined, mapped: undefined }, []));
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
      const patience = startPatience(context, { timeoutMs }, true);
      await goOn(session, { ...pair, older }, { timeoutMs, patience }, again);
    }
  } catch (error) {
    if (!(error instanceof CliError) || error.exit === 'declined' || error.exit === 'conflict') throw error;
    throw error.withHint(
      hintToContinue(error, `${nameOf(older)} is ${isRemoving ? 'being removed' : 'unchanged'}.`, again),
    );
  }
}

type Time = Parameters<typeof mappedFor>[2];

async function goOn(session: Session, { older, mapped: there }: Converting, time: Time, again: string): Promise<void> {
  const { io, commandLine } = session;
  const mapped = await mappedFor(session, { older, mapped: there }, time);
  if (!(await awaitAttached(session, { older, mapped }, time))) {
    await print(session, { older, mapped });
    return hintAttach(session, mapped, again);
  }
  await awaitNewStrings(session, { older, mapped }, time);
  const clusters = await print(session, { older, mapped });
  if (behind({ older, mapped }, clusters).length > 0) return;
  const finishing = commandLine(cmd`convert ${await nameIn(session, older)} --finish ${yesOf(session)}`);
  io.hint({
    text: 'Change the connection strings in your applications. Then remove the old private endpoint service:',
    commands: [finishing],
  });
}

type Converting = Pair & { older: Endpoint };

interface Finishing {
  timeoutMs: number;
  /** Throws if it can't ask. */
  ask: () => (question: string) => Promise<void>;
  yes: readonly string[];
}

async function finish(
  session: Session,
  { older, mapped }: Converting,
  { ask, timeoutMs, yes }: Finishing,
): Promise<void> {
  const { io, commandLine } = session;
  const interfaces = await readAllAttached(session, [older]);
  if (!isLeaving(older.status)) {
    const atlas = await session.atlas();
    const why = await whyNotYet(session, { older, mapped }, await atlas.listClusters(older.projectId));
    if (why !== undefined) {
      const hint = { text: 'To continue:', commands: [commandLine(cmd`convert ${await nameIn(session, older)}`)] };
      throw new CliError('conflict', `${nameOf(older)} cannot be removed yet. ${why}`, { hint });
    }
    const approve = ask();
    const { length } = interfaces;
    const too = length > 0 ? ` and its interface endpoints ${listed(interfaces.map(({ id }) => id))}` : '';
    io.warn('Applications that still use the old connection strings will lose their connection.');
    await approve(`Remove the private endpoint service ${nameOf(older)} (without port mapping)${too}?`);
  }
  // The time that the user takes to answer doesn't count.
  const patience = startPatience(session, { timeoutMs }, true);
  await removeOlder(session, older, { timeoutMs, patience, yes });
  await print(session, { older, mapped: mapped && (await readAgain(session, mapped)) });
  hintLeftovers(session, older, interfaces);
}

/** Prints the connection strings as they are now. Returns the clusters of the region. */
async function print(session: Session, pair: Pair) {
  const atlas = await session.atlas();
  const projectId = (pair.older ?? pair.mapped)?.projectId ?? (await session.projectId());
  const clusters = clustersOf(pair, await atlas.listClusters(projectId));
  await session.io.print(conversionView(pair, clusters), { isDone: true });
  return clusters;
}

/** How a command line names it. A region still works when the old service is gone. */
async function nameIn(session: Session, older: Endpoint): Promise<string> {
  const atlas = await session.atlas();
  const all = await atlas.listServices(older.projectId, older.provider);
  const alike = all.filter((each) => isOlder(each) && each.atlasRegion === older.atlasRegion);
  return alike.length > 1 ? older.id : older.region;
}
