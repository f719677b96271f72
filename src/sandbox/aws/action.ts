import type { Chance } from '../chance.js';
import type { FaultOutcome } from '../lifetime.js';
import type { World, WorldView } from '../world.js';
import type { QueryParameters } from './query.js';
import type { Xml, XmlObject } from './xml.js';

/** One region of the account at one time. */
export interface RegionView extends WorldView {
  /** In AWS's spelling. For an action: the region in the signature of the request. */
  region: string;
}

/** What an action knows about the request. */
export interface ActionRequest extends RegionView, Chance {
  query: QueryParameters;
  /** The result of a create, from the faults file. */
  fate: FaultOutcome | undefined;
}

/** Returns the content of the answer. Throws refusals, as changes do. */
export type ReadAction = (request: ActionRequest) => XmlObject;

export type ChangeAction = (request: ActionRequest) => { world: World; answer: Xml };

/** The answer of many changes. */
export const done = { return: true } as const;
