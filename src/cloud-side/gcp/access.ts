import { CliError } from '../../base/errors.js';
import type { CloudAccess, CloudOptions, SignInContext } from '../entry.js';

export function checkOptions(_options: CloudOptions): void {}

export async function open(_context: SignInContext, _options: CloudOptions): Promise<CloudAccess> {
  throw new CliError('unexpected', 'To be written.');
}
