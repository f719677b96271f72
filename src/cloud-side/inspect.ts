import type { Provider } from '../clouds/all.js';
import type { TerraformResource } from '../clouds/cloud.js';

/** What lets clients in: TCP from a range of addresses or from a group. */
interface Opening {
  from: string;
  fromPort: number;
  toPort: number;
}

/** The user's end of a connection, as the cloud describes it. Each part is read on its own, and once. */
export interface CloudEnd {
  id: string;
  /** In the cloud's words. */
  state: string;
  /** Whether it is connected, or may become so. */
  stage: 'connected' | 'pending' | 'ended';
  /** The network that it is in. */
  network: string;
  /** The ids of the groups that guard it. */
  guards: readonly string[];
  addresses(): Promise<readonly string[]>;
  openings(): Promise<readonly Opening[]>;
  /** Whether machines in the network can use its DNS server. */
  resolvesNames(): Promise<boolean>;
  /** The cloud's own command line that makes it so. */
  turnOnNames: string;
  /** The zones in which it has an address. */
  zones(): Promise<readonly string[]>;
  /** The zones of the service; null if the cloud doesn't tell. */
  serviceZones(): Promise<readonly string[] | null>;
  /** It, and what this program created for it. Each comes after those that it refers to. */
  resources(): Promise<readonly TerraformResource[]>;
}

/** Reads the user's end in one region of the cloud. Changes nothing. */
export interface Inspector {
  /** Null if the account has no such interface endpoint in this region. */
  inspect(id: string): Promise<CloudEnd | null>;
  close(): void;
}

/** Opens a region of a cloud. `left`: milliseconds for its requests. */
export type OpenInspector = (provider: Provider, region: string, left?: () => number) => Promise<Inspector>;
