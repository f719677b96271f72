import type { Json } from '../base/json.js';
import type { Words } from '../base/shell.js';

/** A region in the cloud's own spelling and in Atlas's. */
export interface RegionNames {
  region: string;
  atlasRegion: string;
}

/** Seconds from the create answer to ready, of recorded services. */
export interface ReadyTimes {
  least: number;
  median: number;
  /** 95 of 100 are ready by then. */
  p95: number;
  most: number;
}

/** How a wait looks at a service that is being created: `wait/schedule.ts` says what it makes of these. */
export interface Pace {
  /** How many requests it is worth to hear one second sooner that a service is ready. */
  worth: number;
  /** How many standard deviations the least recorded time lies below the median, and the 95th percentile above. */
  below: number;
  above: number;
  /** The share of services that take much longer than all others do, and how far they reach (times `most - p95`). */
  stragglers: number;
  reach: number;
}

/** Reads a value of an answer, which may be anything. */
type Read = (value: unknown) => Json;

/** What the options of `interface add` say, of all clouds. */
export interface InterfaceOptions {
  /** What the argument names. */
  id?: string | undefined;
  ip?: string | undefined;
  gcpProject?: string | undefined;
  group?: string | undefined;
  /** Forwarding rules, each `name@ip`. */
  endpoint?: readonly string[] | undefined;
}

/** What it takes to attach an interface endpoint: its id, and the body of the request. */
export interface InterfaceRequest {
  id: string;
  body: Readonly<Record<string, unknown>>;
}

/** A private endpoint service, as far as a cloud looks at it. */
interface Service {
  region: string;
  [key: string]: Json;
}

/** All that differs by cloud. */
export interface Cloud {
  /** Its name for people. */
  title: string;
  /** The regions that Atlas is known to serve. It adds some, so the table suggests and translates; others are allowed. */
  regions: readonly RegionNames[];
  /** What a region of it looks like, in small letters with dashes. */
  regionShape: RegExp;
  /** A word of that shape is surely a region. */
  hasTellingRegions: boolean;
  /** Both spellings of a region that the table lacks, as far as one follows from the other. */
  newRegion(text: string): RegionNames;
  readyTimes: ReadyTimes;
  pace: Pace;
  /** A service may admit AWS regions other than its own. */
  hasRemoteRegions: boolean;
  /** A service may have one attachment for all nodes instead of one for each. */
  hasPortMapping: boolean;
  service: {
    /** The keys that it adds to those of every service, named as in the API. */
    keys: Readonly<Record<string, Read>>;
    /** The key of the API that lists the interface endpoints. */
    attached: string;
    /** In a few words, what tells a service apart from others. */
    label(service: Service): string | null;
    /** What a table shows for people of a key with a long value. */
    brief: Readonly<Record<string, (service: Service) => Json>>;
    /** The command of the cloud's own CLI that makes an interface endpoint, and what to attach then. Undefined before it is ready. */
    connect(service: Service): { command: Words; attach: Words } | undefined;
  };
  interfaces: {
    /** The keys that it adds to those of every interface endpoint, named as in the API. */
    keys: Readonly<Record<string, Read>>;
    /** Its statuses, for help. */
    statuses: string;
    /** What an id looks like, in words, in fewer words for help, and by example. */
    shape: { pattern: RegExp; what: string; inHelp: string; example: string };
    /** How its ids begin, where those of no other cloud do; null where they are any names. */
    mark: RegExp | null;
    /** The options of `interface add` that it takes beside the id, with what help says of each. */
    options: Readonly<Partial<Record<keyof Omit<InterfaceOptions, 'id'>, string>>>;
    /** Checks what was given. Throws usage errors. */
    read(options: InterfaceOptions): InterfaceRequest;
    /** How many forwarding rules of a request a service lacks: `[given, wanted]`. */
    rules?(service: Service, request: InterfaceRequest): [given: number, wanted: number] | undefined;
  };
}
