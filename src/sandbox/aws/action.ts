import type { Chance } from '../chance.js';
import type { Fate } from '../faults.js';
import type { World } from '../world.js';
import type { Query } from './query.js';
import type { Xml } from './xml.js';

/** What an action is told of the request. */
export interface Asked extends Chance {
  query: Query;
  /** The one that the request is signed for. */
  region: string;
  /** What is to become of an endpoint that is created. */
  fate: Fate | undefined;
}

/** Answers from the world as it is. Throws refusals, as changes do. */
export type Read = (world: World, asked: Asked) => Xml;

export type Change = (world: World, asked: Asked) => { world: World; answer: Xml };
