import { interfaceKind } from '../atlas/model.js';
import type { Definition, Given } from '../command.js';
import { checkOneCloud } from '../endpoints/name.js';
import type { Session } from '../endpoints/session.js';

/**
 * Throws a usage error if a command that changes something names an endpoint by a region name that several clouds have.
 * --provider or an id makes it clear. A setting doesn't: a command line must not remove something else on another machine.
 */
export function checkRegionIsClear(definition: Definition, options: Given, session: Pick<Session, 'again'>): void {
  const { args = {}, changes } = definition;
  const takesEndpoint = Object.values(args).some(({ from }) => from === 'endpoints' || from === 'interfaces');
  if (!changes || !takesEndpoint || options.provider !== undefined) return;
  const words = [...Object.keys(args), 'region'].flatMap((name) => options[name] ?? []).map(String);
  // The id of an interface endpoint shows its cloud. Without an argument, --region is the first word.
  if (!words.some(interfaceKind)) checkOneCloud(session, words[0] ?? '');
}
