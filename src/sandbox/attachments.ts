import type { Provider } from '../atlas/provider.js';
import type { Fate } from './faults.js';

/* The interface endpoints of a service, as pure functions of the time like everything in the world. */

export interface Attachment {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  /** Azure. */
  ip?: string | undefined;
  /** GCP. */
  gcpProjectId?: string | undefined;
  endpoints?: readonly { endpointName: string; ipAddress: string }[] | undefined;
  createdAt: number;
  availableAt: number;
  /** Null until its removal is asked for. */
  goneAt: number | null;
  fate?: Fate | undefined;
}

/** A service, as far as its interface endpoints go. */
interface Attached {
  provider: Provider;
  interfaces: readonly Attachment[];
}

const onTheWay: Record<Provider, [first: string, then: string]> = {
  AWS: ['PENDING_ACCEPTANCE', 'PENDING'],
  AZURE: ['INITIATING', 'INITIATING'],
  GCP: ['INITIATING', 'VERIFIED'],
};

/** What AWS calls connectionStatus, the others status; null once it is gone. */
export function attachmentStatus(provider: Provider, attachment: Attachment, now: number): string | null {
  const { createdAt, availableAt, goneAt, fate } = attachment;
  if (goneAt !== null) return now < goneAt ? 'DELETING' : null;
  const [first, then] = onTheWay[provider];
  if (now < availableAt) return now - createdAt < (availableAt - createdAt) / 2 ? first : then;
  switch (fate?.kind) {
    case 'never-ready':
      return then;
    case 'vanishes':
      return null;
    case 'failed':
      return provider === 'AWS' ? 'REJECTED' : 'FAILED';
    case undefined:
      return 'AVAILABLE';
  }
}

/** Those that are not gone. */
export function interfacesOf({ provider, interfaces }: Attached, now: number): Attachment[] {
  return interfaces.filter((each) => attachmentStatus(provider, each, now) !== null);
}

/** Whether somebody is connected. */
export function hasConnection({ provider, interfaces }: Attached, now: number): boolean {
  return interfaces.some((each) => attachmentStatus(provider, each, now) === 'AVAILABLE');
}
