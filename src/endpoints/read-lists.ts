import type { Endpoint } from '../atlas/model.js';
import { isLimit, restMsOf } from '../atlas/retry.js';
import type { Effort } from '../base/effort.js';
import type { CliError } from '../base/errors.js';
import type { Provider } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import { askEach } from './ask.js';
import type { Session } from './session.js';

/** What one request lists: the endpoints of a cloud in a project. */
export interface Scope {
  projectId: string;
  provider: Provider;
}

export interface Failure {
  /** What could not be read. */
  what: string;
  error: CliError;
}

export interface Lists {
  lists: ReadonlyMap<Scope, readonly Endpoint[]>;
  /** Those that could not be read, and why. */
  failures: ReadonlyMap<Scope, Failure>;
}

interface ReadOptions {
  /** Only endpoints of this region. */
  region: string | undefined;
  effort?: Effort;
  /** No further scope is asked once Atlas says that these were too many requests; it is in neither map then. */
  untilLimit?: boolean;
  /** Called with how many lists were read so far. */
  onDone?: (count: number) => void;
}

/** Reads the endpoints of each scope, a few at once. */
export async function readLists(
  { atlas: open }: Pick<Session, 'atlas'>,
  scopes: readonly Scope[],
  { region, effort, untilLimit, onDone = () => undefined }: ReadOptions,
): Promise<Lists> {
  const atlas = await open();
  const isOneProject = new Set(scopes.map(({ projectId }) => projectId)).size === 1;
  let [isOver, done] = [false, 0];
  const { answers, failures } = await askEach(scopes, async ({ projectId, provider }) => {
    if (isOver) return undefined;
    try {
      const all = await atlas.listServices(projectId, provider, effort);
      return all.filter((endpoint) => region === undefined || isRegion(endpoint, region));
    } catch (error) {
      isOver ||= untilLimit === true && isLimit(error);
      throw error;
    } finally {
      onDone(++done);
    }
  });
  return {
    lists: new Map([...answers].flatMap(([scope, list]) => (list ? [[scope, list] as const] : []))),
    failures: new Map(
      [...failures].map(([scope, error]) => {
        const { projectId, provider } = scope;
        return [scope, { what: isOneProject ? provider : `${provider} of ${projectId}`, error }] as const;
      }),
    ),
  };
}

/** Throws where nothing at all could be read: the error that says to come back last, or the first one. */
export function requireAny({ lists, failures }: Lists): void {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}
