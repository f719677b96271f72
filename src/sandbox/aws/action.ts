import type { Chance } from '../chance.js';
import type { Fate } from '../faults.js';
import type { World } from '../world.js';
import type { Query } from './query.js';
import type { Xml } from './xml.js';

/** What an action knows about the request. */
export interface Asked extends Chance {
  query: Query;
  /** The region in the signature of the request. */
  region: string;
  /** The result of a create, from the faults file. */
  fate: Fate | undefined;
}

/** Reads the world. Throws refusals, as changes do. */
export type Read = (world: World, asked: Asked) => Xml;

export type Change = (world: World, asked: Asked) => { world: World; answer: Xml };
