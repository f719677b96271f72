import { UsageError } from '../base/errors.js';
import { clouds, type Provider } from '../clouds/all.js';

/** The clouds whose side this program can set up. */
const known: readonly Provider[] = ['AWS'];

/** Whether this program can ask the cloud about the user's side. */
export function hasSide(provider: Provider): boolean {
  return known.includes(provider);
}

/** Throws a usage error for a cloud whose side has to be set up by hand. */
export function checkHasSide(provider: Provider): void {
  if (hasSide(provider)) return;
  const names = known.map((each) => clouds[each].title);
  throw new UsageError(
    `connect and disconnect support only ${names.join(', ')}, not ${clouds[provider].title}.`,
    'Use create and interface add, or interface remove and delete, instead.',
  );
}
