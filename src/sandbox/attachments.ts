import { sandboxClouds } from './clouds/all.js';
import { whyDisabled } from './port-mapping.js';
import type { Attachment, Service } from './world.js';

/* The interface endpoints of a service, as pure functions of the time like everything in the world. */

/** A service, as far as its interface endpoints go. */
type Attached = Pick<Service, 'provider' | 'portMappingEnabled' | 'interfaces'>;

/** What AWS calls connectionStatus, the others status; null once it is gone. */
export function attachmentStatus(
  service: Omit<Attached, 'interfaces'>,
  attachment: Attachment,
  now: number,
): string | null {
  const { createdAt, availableAt, goneAt, fate } = attachment;
  if (goneAt !== null) return now < goneAt ? 'DELETING' : null;
  const { onTheWay, failed } = sandboxClouds[service.provider].interfaces;
  if (whyDisabled(service, now) !== undefined) return failed;
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
export function interfacesOf(service: Attached, now: number): Attachment[] {
  return service.interfaces.filter((each) => attachmentStatus(service, each, now) !== null);
}

/** Whether somebody is connected. */
export function hasConnection(service: Attached, now: number): boolean {
  return service.interfaces.some((each) => attachmentStatus(service, each, now) === 'AVAILABLE');
}
