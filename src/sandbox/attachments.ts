import { sandboxClouds } from './clouds/all.js';
import { whyDisabled } from './port-mapping.js';
import type { Attachment, Service } from './world.js';

/* The interface endpoints of a service, as pure functions of time. */

/** The part of a service that its interface endpoints depend on. */
type Attached = Pick<Service, 'provider' | 'portMappingEnabled' | 'interfaces'>;

/** The `connectionStatus` on AWS, the `status` on other clouds. Null if it is gone. */
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

/** The interface endpoints that still exist. */
export function interfacesOf(service: Attached, now: number): Attachment[] {
  return service.interfaces.filter((each) => attachmentStatus(service, each, now) !== null);
}

/** Whether an interface endpoint is connected. */
export function hasConnection(service: Attached, now: number): boolean {
  return service.interfaces.some((each) => attachmentStatus(service, each, now) === 'AVAILABLE');
}
