import { isLoopback } from '../../atlas/base-url.js';
import type { Effort } from '../../base/effort.js';
import { isFailure } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { once } from '../../base/once.js';
import type { CloudEnd, Inspector } from '../../cloud-side/inspect.js';
import type { SignIn } from '../../config/sign-in.js';
import { findEndpoints, listEndpoints, referrer } from '../../endpoints/find.js';
import type { Session } from '../../endpoints/session.js';
import { readAttached } from '../../interfaces/find.js';
import type { Facts } from './facts.js';
import { reach } from './reach.js';
import { readingOnce } from './reading-once.js';
import { openResolver } from './resolver.js';

/** What to check, and from where. */
export interface Examined {
  /** The ENDPOINT argument; default: all services of the project. */
  endpoint: string | undefined;
  cluster: string | undefined;
  signIn(): Promise<SignIn>;
  dnsServer: string | undefined;
  /** The certificate authority of the nodes, as PEM; default: those that Node trusts. */
  authority: string | undefined;
  ownAddresses: readonly string[];
  /** Opens the user's cloud in a region. `left` is the time for its requests in milliseconds. */
  openCloud(region: string, left: () => number): Promise<Inspector>;
}

/** All checks together take at most this long. */
const budgetMs = 9000;

/** The facts for one run of the checks, as they are now. Each request gets a part of the time that is left. */
export async function openFacts(session: Session, examined: Examined): Promise<Facts & { close(): void }> {
  const { clock, signal } = session;
  const { endpoint, cluster, dnsServer, authority, ownAddresses } = examined;
  const started = clock.monotonic();
  const left = () => budgetMs - (clock.monotonic() - started);
  const part = (most: number, least: number, share: number) => Math.max(least, Math.min(most, left() * share));
  const effort = (): Effort => ({ tries: 2, timeoutMs: part(2500, 500, 1 / 4) });

  const open = once(async () => readingOnce(await session.atlas(), effort));
  const projectId = () => session.projectId(effort());
  const reading: Session = { ...session, atlas: open, projectId };
  const args = endpoint === undefined ? [] : [endpoint];
  const found = once(() => findEndpoints(reading, args, {}, { all: true }));
  const refer = await referrer(reading);
  const inspectors: Inspector[] = [];
  const cloudEnds = new Map<string, Promise<CloudEnd | null>>();
  const inspectIn = async (regions: readonly string[], id: string): Promise<CloudEnd | null> => {
    for (const region of regions) {
      const inspector = await examined.openCloud(region, () => part(2500, 1000, 1 / 2));
      inspectors.push(inspector);
      const end = await inspector.inspect(id);
      if (end) return end;
    }
    return null;
  };
  const reached = new Map<string, ReturnType<typeof reach>>();

  return {
    now: clock.now(),
    services: async () => {
      const { endpoints, notFound } = await found();
      return endpoints.map((each, index) => {
        if (!each) throw notFound(index);
        return each;
      });
    },
    all: async () => listEndpoints(reading, {}, { project: (await found()).projectId }),
    attached: (service, id) => readAttached(reading, { service, id }),
    clusters: async () => (await open()).listClusters((await found()).projectId),
    cluster,
    refer,
    session,
    signIn: examined.signIn,
    key: async () => (await open()).readKey(),
    projectId: async () => (await found().catch(ignoreTrouble))?.projectId ?? projectId(),
    lists: () => found().catch(ignoreTrouble),
    isLocalAtlas: isLoopback(await session.baseUrl()),
    resolver: openResolver(dnsServer, () => part(2000, 900, 1 / 2)),
    reach: (target) => {
      const key = JSON.stringify(target);
      const known = reached.get(key) ?? reach(target, { clock, signal, timeoutMs: part(3000, 1500, 1), authority });
      reached.set(key, known);
      return known;
    },
    ownAddresses,
    cloudEnd: ({ region, supportedRemoteRegions }, id) => {
      const known = cloudEnds.get(id) ?? inspectIn([region, ...texts(supportedRemoteRegions)], id);
      cloudEnds.set(id, known);
      return known;
    },
    close: () => {
      for (const { close } of inspectors) close();
    },
  };
}

/** Trouble on the way is no answer about the credentials; the checks on services say it. */
function ignoreTrouble(error: unknown): undefined {
  if (!isFailure(error) || error.exit !== 'unexpected') throw error;
  return undefined;
}
