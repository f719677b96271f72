import { withNewest } from '../lifetime.js';
import { type World, withAccount } from '../world.js';
import type { GcpResource } from './account.js';

export function withGcp(world: World, resource: GcpResource, now: number): World {
  const { resources, ...others } = world.clouds.GCP;
  return withAccount(world, 'GCP', { ...others, resources: withNewest(resources, resource, now) });
}

/** Whether it was not deleted, found or not. */
export function isThere({ readyAt, goneAt, fate }: GcpResource, now: number): boolean {
  return now < (goneAt ?? (fate?.kind === 'vanishes' ? readyAt : Number.POSITIVE_INFINITY));
}

export function partsOf(path: string) {
  const [, project = '', , region = '', , name = ''] = path.split('/');
  return { project, place: `projects/${project}/regions/${region}`, region, name };
}
