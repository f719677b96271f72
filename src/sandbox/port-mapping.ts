import { sandboxClouds } from './clouds/all.js';
import { checkBody } from './refusal.js';
import type { Service } from './world.js';

/* The two kinds of services that a cloud can have: with port mapping, and the older kind without it. */

type Kind = Pick<Service, 'provider' | 'portMappingEnabled'>;

export function lacksPortMapping({ provider, portMappingEnabled }: Kind): boolean {
  return sandboxClouds[provider].older !== null && !portMappingEnabled;
}

/** Why Atlas has disabled a service; undefined while it serves. */
export function whyDisabled(service: Kind, now: number): string | undefined {
  const { older } = sandboxClouds[service.provider];
  return older && lacksPortMapping(service) && now >= older.endsAt ? older.disabled : undefined;
}

/** Throws a refusal if services of this kind can no longer be created. */
export function checkPortMapping(request: Kind, now: number): void {
  checkBody({ portMappingEnabled: [whyDisabled(request, now) === undefined, 'must be true'] });
}
