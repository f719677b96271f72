import type { Provider } from '../../clouds/all.js';
import type { Attachment, AttachRequest, Service } from '../world.js';
import { sandboxAws } from './aws.js';
import { sandboxAzure } from './azure.js';
import { sandboxGcp } from './gcp.js';

export const sandboxClouds: Readonly<Record<Provider, SandboxCloud>> = {
  AWS: sandboxAws,
  AZURE: sandboxAzure,
  GCP: sandboxGcp,
};

export type AnswerBody = Record<string, unknown>;

export interface Hosts {
  prefix: 'pl' | 'psc';
  firstPort: number;
  lastPort: number;
  /** Whether each node has a host of its own. Otherwise all nodes of a region are ports of one host. */
  perNode: boolean;
}

interface Moment {
  /** In the spelling of the cloud. */
  region: string;
  isReady: boolean;
  attached: readonly string[];
}

/** It shares nothing with what the client knows of the cloud, so that tests compare the two. */
export interface SandboxCloud {
  remoteRegion?: RegExp;
  service(service: Service, moment: Moment): AnswerBody;
  /** Services without port mapping: when they end, in milliseconds since 1970, and their error message after that (guess). */
  older?: { endsAt: number; disabled: string };
  hosts(service: Pick<Service, 'portMappingEnabled'>): Hosts;
  networks(atlasRegions: readonly string[]): AnswerBody[];
  /** What the hosts of private connection strings resolve to. */
  names: {
    /** The name of an interface endpoint in the cloud's own DNS, which hosts are an alias of. */
    alias?(endpointId: string, serviceId: string, region: string): string;
    /** The addresses that the user chose: one for all nodes, or one for each. */
    addresses?(attachment: Attachment): readonly string[];
  };
  interfaces: {
    idShape: RegExp;
    statuses: Readonly<Record<'requested' | 'pending' | 'failed', string>>;
    read(body: AnswerBody, service: Service): AttachRequest;
    answer(attachment: Attachment, status: string | null, service: Service): AnswerBody;
  };
}
