/** What lets clients in: TCP from a range of addresses or from a group. */
interface Opening {
  from: string;
  fromPort: number;
  toPort: number;
}

/** The user's end of a connection, as the cloud describes it. */
export interface CloudEnd {
  id: string;
  /** In the cloud's words. */
  state: string;
  /** Whether it is connected, or may become so. */
  stage: 'connected' | 'pending' | 'ended';
  /** The network that it is in. */
  network: string;
  addresses: readonly string[];
  /** The ids of the groups that guard it. */
  guards: readonly string[];
  openings: readonly Opening[];
  /** Whether machines in the network can use its DNS server. */
  resolvesNames: boolean;
  /** The cloud's own command line that makes it so. */
  turnOnNames: string;
  /** The zones in which it has an address. */
  zones: readonly string[];
  /** The zones of the service; null if the cloud doesn't tell. */
  serviceZones: readonly string[] | null;
}

/** Reads the user's end in one region of the cloud. Changes nothing. */
export interface Inspector {
  /** Null if the account has no such interface endpoint in this region. */
  inspect(id: string): Promise<CloudEnd | null>;
  close(): void;
}
