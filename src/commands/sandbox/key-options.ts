import { isIP, isIPv6 } from 'node:net';
import { UsageError } from '../../base/errors.js';
import { didYouMean } from '../../base/suggest.js';
import type { KeyRights } from '../../sandbox/key.js';
import { type RoleName, roleNames } from '../../sandbox/roles.js';

export interface KeyFlags {
  keyRole?: readonly string[] | undefined;
  keyAccessList?: readonly string[] | undefined;
}

/** Reads the options. Throws usage errors. */
export function readKeyFlags({ keyRole, keyAccessList }: KeyFlags): KeyRights {
  return { roles: keyRole?.map(parseRole), accessList: keyAccessList?.map(parseEntry) };
}

function parseRole(text: string): RoleName {
  const wanted = text.trim().toUpperCase().replaceAll('-', '_');
  const role = roleNames.find((name) => name === wanted);
  if (role) return role;
  throw new UsageError(`'${text}' is not a valid role.`, didYouMean(wanted, roleNames));
}

/** An IP address or a CIDR block. */
function parseEntry(text: string): string {
  const entry = text.trim();
  const [ip = '', prefix, ...more] = entry.split('/');
  const most = isIPv6(ip) ? 128 : 32;
  const isBlock = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
  if (isIP(ip) !== 0 && isBlock && more.length === 0) return entry;
  throw new UsageError(`'${text}' is not a valid access list entry.`, 'Examples: 203.0.113.7 or 203.0.113.0/24');
}
