import type { Chance } from '../chance.js';
import type { Fate } from '../faults.js';
import type { World } from '../world.js';
import type { Ec2Query } from './query.js';
import type { Xml } from './xml.js';

/** What an action knows about the request. */
export interface ActionRequest extends Chance {
  query: Ec2Query;
  /** The region in the signature of the request. */
  region: string;
  /** The result of a create, from the faults file. */
  fate: Fate | undefined;
}

/** Reads the world. Throws refusals, as changes do. */
export type Read = (world: World, asked: ActionRequest) => Xml;

export type ActionResult = (world: World, asked: ActionRequest) => { world: World; answer: Xml };
