import { isIP } from 'node:net';
import { parse, YAMLError } from 'yaml';
import { isCidr6, parseCidr } from '../base/cidr.js';
import { codeOf, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/files.js';
import type { Provider } from '../clouds/all.js';
import { azureKeys } from './azure/account.js';
import { readFault } from './faults.js';
import { roleNames } from './gate.js';
import { gcpKeys } from './gcp/account.js';
import * as read from './read-keys.js';

/** Reads a faults file: YAML with the keys below. Throws usage errors that name the file and the key. */
export function readFaultsFile(file: string) {
  let document: unknown;
  try {
    document = parse(readText(file, { mayBePipe: true }));
  } catch (error) {
    const [reason = ''] = reasonOf(error).split('\n');
    const hint =
      codeOf(error) === undefined || error instanceof YAMLError ? 'The file must be YAML.' : 'Check the path.';
    throw new UsageError(`Cannot read the faults file: ${file} (${reason.replace(/[.:]$/, '')}).`, hint);
  }
  return read.keysOf(fileKeys)(document, file);
}

const cloudKeys = {
  AWS: { awsLag: read.duration },
  AZURE: { azureLag: read.duration, azure: read.keysOf(azureKeys) },
  GCP: { gcpLag: read.duration, gcp: read.keysOf(gcpKeys) },
} satisfies Record<Provider, read.Readers>;

const isAddressOrRange = (text: string) => isIP(text) !== 0 || parseCidr(text) !== null || isCidr6(text);

const fileKeys = {
  faults: (value: unknown) => [value].flat().map((fault, index) => readFault(fault, `fault ${index + 1}`)),
  ...cloudKeys.AWS,
  ...cloudKeys.AZURE,
  ...cloudKeys.GCP,
  projects: read.whole(0, 2000),
  keyRole: read.several(read.choice(roleNames)),
  keyAccessList: read.several(read.like({ test: isAddressOrRange }, 'Examples: 203.0.113.7, 203.0.113.0/24')),
  namedStrings: read.several(read.anyKeys),
  lastTakesService: read.yesOrNo,
  rateLimit: readRateLimit,
} satisfies read.Readers;

function readRateLimit(value: unknown, key: string) {
  const [, count, window = '1m'] = /^(\d+)(?:\/(.+))?$/.exec(read.shown(value)) ?? [];
  const [requests, perMs] = [Number(count), read.duration(window, key)];
  if (requests > 0 && perMs > 0) return { requests, perMs };
  throw read.invalidValue(value, key, 'Examples: 100 (per minute), 5/10s');
}
