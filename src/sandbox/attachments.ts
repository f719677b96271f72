import type { Provider } from '../clouds/all.js';
import { sandboxClouds } from './clouds/all.js';
import type { Attachment } from './world.js';

/* The interface endpoints of a service, as pure functions of time. */

/** The part of a service that its interface endpoints depend on. */
interface Attached {
  provider: Provider;
  interfaces: readonly Attachment[];
}

/** The `connectionStatus` on AWS, the `status` on other clouds. Null if it is gone. */
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

/** The interface endpoints that still exist. */
export function interfacesOf({ provider, interfaces }: Attached, now: number): Attachment[] {
  return interfaces.filter((each) => attachmentStatus(provider, each, now) !== null);
}

/** Whether an interface endpoint is connected. */
export function hasConnection({ provider, interfaces }: Attached, now: number): boolean {
  return interfaces.some((each) => attachmentStatus(provider, each, now) === 'AVAILABLE');
}
