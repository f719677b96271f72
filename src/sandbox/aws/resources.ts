import { type World, withAccount } from '../world.js';
import type { AwsAccount, ListName } from './account.js';

export function withResource<L extends ListName>(world: World, list: L, resource: AwsAccount[L][number]): World {
  const all: readonly { id: string }[] = world.clouds.AWS[list];
  const isKnown = all.some(({ id }) => id === resource.id);
  const next = isKnown ? all.map((each) => (each.id === resource.id ? resource : each)) : [...all, resource];
  return withAccount(world, 'AWS', { ...world.clouds.AWS, [list]: next });
}

export function withoutResource(world: World, list: ListName, id: string): World {
  const all: readonly { id: string }[] = world.clouds.AWS[list];
  const next = all.filter((each) => each.id !== id);
  return withoutTags(withAccount(world, 'AWS', { ...world.clouds.AWS, [list]: next }), id);
}

export function withoutTags(world: World, id: string): World {
  const { [id]: _, ...tags } = world.clouds.AWS.tags;
  return withAccount(world, 'AWS', { ...world.clouds.AWS, tags });
}
