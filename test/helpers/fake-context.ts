import type { Atlas } from '../../src/atlas/client.js';
import { commandLine, type Words } from '../../src/base/shell.js';
import type { Context } from '../../src/endpoints/context.js';
import { noProgress, type StatusChange } from '../../src/ui/io.js';
import { createDeadline } from '../../src/wait/deadline.js';
import { type FakeClock, fakeClock } from './fake-clock.js';

interface Given {
  /** The calls of Atlas that the test needs. */
  atlas?: Partial<Atlas>;
  baseUrl?: string;
  projectId?: string;
  clock?: FakeClock;
  /** The command line as the user typed it. */
  line?: string;
}

/** What the folders between commands and Atlas need of a command, with a record of what it says. */
export function fakeContext({
  atlas = {},
  baseUrl = 'https://cloud.mongodb.com',
  line = '',
  projectId = 'project',
  clock = fakeClock(),
}: Given = {}) {
  const { signal } = new AbortController();
  const [said, changes] = [[] as string[], [] as StatusChange[]];
  const say = (message: string) => void said.push(message);
  const io = {
    warn: say,
    note: say,
    isInteractive: false,
    givesHints: true,
    progress: async () => ({ ...noProgress, changed: (change: StatusChange) => changes.push(change) }),
  };
  const again = ({ text }: Words) => `atlas-pe ${line} ${text}`.trim();
  const client = { timeThere: (ms: number) => ms, ...atlas };
  const settings = {
    commandLine,
    again,
    baseUrl: async () => baseUrl,
    projectId: async () => projectId,
    usualProject: async () => projectId,
    profile: { isSandbox: false },
  };
  const context = {
    io,
    settings,
    atlas: async () => client,
    clock,
    remainingMs: () => Number.POSITIVE_INFINITY,
    signal,
  } as unknown as Context;
  const deadline = (timeoutMs = 3_600_000) => createDeadline({ timeoutMs, clock, signal });
  return { context, clock, said, changes, deadline };
}
