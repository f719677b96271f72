import type { Provider } from '../clouds/all.js';
import { sandboxClouds } from './clouds/all.js';
import type { Attachment } from './world.js';

/* The interface endpoints of a service, as pure functions of the time like everything in the world. */

/** A service, as far as its interface endpoints go. */
interface Attached {
  provider: Provider;
  interfaces: readonly Attachment[];
}

/** What AWS calls connectionStatus, the others status; null once it is gone. */
export function attachmentStatus(provider: Provider, attachment: Attachment, now: number): string | null {
  const { createdAt, availableAt, goneAt, fate } = attachment;
  if (goneAt !== null) return now < goneAt ? 'DELETING' : null;
  const { onTheWay, failed } = sandboxClouds[provider].interfaces;
  const [first, then] = onTheWay;
  if (now < availableAt) return now - createdAt < (availableAt - createdAt) / 2 ? first : then;
  switch (fate?.kind) {
    case 'never-ready':
      return then;
    case 'vanishes':
      return null;
    case 'failed':
      return failed;
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
