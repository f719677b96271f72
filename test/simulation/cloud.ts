import type { Provider } from '../../src/clouds/all.js';
import type { Fault } from '../../src/sandbox/faults.js';
import type { AttachRequest, Service, Store, WorldView } from '../../src/sandbox/world.js';

/** What a cloud has, from the world itself: neither the program nor the API has a say in it. */
interface Holdings {
  /**
   * What the program created and nobody has deleted: kind, id, and the id of the Atlas service; marked if it created that
   * too. One that can never connect (Atlas refused it) is dead: it stays until disconnect.
   */
  ours: readonly { kind: string; id: string; serviceId: string; isMarked: boolean; isDead: boolean }[];
  /** The same of others, and everything about it that the program must not change. */
  theirs: readonly string[];
}

/** The program's other end, which tests draw from: one for each cloud. */
export interface SimulatedCloud {
  provider: Provider;
  /** Two regions in the cloud's spelling. Each has a cluster and a network. */
  regions: readonly [string, string];
  /** Its requests, as the faults file names them. */
  requests: readonly Pick<Fault, 'method' | 'path' | 'action'>[];
  /** Those that change something, in which trouble is worst. */
  creates: readonly string[];
  deletes: readonly string[];
  /** The kind of what Atlas attaches. */
  endpointKind: string;
  /** What an endpoint for a service connects to. */
  target(service: Service, region: string): string;
  holdings(view: WorldView): Holdings;
  /** Somebody else creates an endpoint for a service in the same network. Returns what attaches it. */
  intrude(about: Intrusion): Promise<AttachRequest>;
  /** Somebody deletes an endpoint that the program created. */
  deleteByHand(
    about: Pick<Intrusion, 'store' | 'baseUrl' | 'now' | 'random' | 'region'> & { id: string },
  ): Promise<unknown>;
  /** Somebody has a service of the older kind, with what connects to it. Left out if the cloud has one kind. */
  createOlder?(
    about: Omit<Intrusion, 'target' | 'name' | 'now'> & { now(): number; atlasRegion: string },
  ): Promise<void>;
}

export interface Intrusion {
  store: Store;
  baseUrl: string;
  now: number;
  random: () => number;
  region: string;
  /** What it connects to. */
  target: string;
  /** A new one. */
  name: string;
  /** Lets so much time go by that a create is done, and found. */
  advance(): void;
}

/** What another program asks of a cloud's REST API. It must succeed. */
export async function askCloud(method: string, url: string, token: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
