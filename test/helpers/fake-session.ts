import type { Atlas } from '../../src/atlas/client.js';
import { commandLine, type Words } from '../../src/base/shell.js';
import type { Session } from '../../src/endpoints/session.js';
import { noProgress, type StatusChange } from '../../src/ui/progress.js';
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
export function fakeSession({
  atlas = {},
  baseUrl = 'https://cloud.mongodb.com',
  line = '',
  projectId = 'project',
  clock = fakeClock(),
}: Given = {}) {
  const { signal } = new AbortController();
  const random = () => 0.5;
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
  const session = {
    io,
    clock,
    signal,
    random,
    commandLine,
    again,
    baseUrl: async () => baseUrl,
    atlas: async () => client,
    projectId: async () => projectId,
    usualProject: async () => projectId,
    profile: { isSandbox: false },
  } as unknown as Session;
  const deadline = (timeoutMs = 3_600_000) => createDeadline({ timeoutMs, clock, signal, random });
  return { session, clock, said, changes, deadline };
}
