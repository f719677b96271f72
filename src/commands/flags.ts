import { untils } from '../atlas/status.js';
import { anyProvider, providerWords } from '../clouds/all.js';
import { flag, optional, value } from '../command.js';

/* Options and arguments that several commands share. */

/** Picks some of the endpoints of a project. */
export const filter = {
  provider: value('<provider>', `only endpoints of this cloud: ${anyProvider}`, providerWords),
  region: value('<region>', 'only endpoints in this region', 'regions'),
} as const;

/** Orders the rows of a list. */
export const sorting = {
  sort: value('<key>', 'sort by this key; -<key> reverses the order', 'sortKeys'),
} as const;

/** Waits after a change. */
export const waiting = (until: string) =>
  ({
    wait: flag(`wait until ${until}`),
    timeout: value('<duration>', 'maximum time to wait (default: 1h); implies --wait'),
  }) as const;

export const until = value('<status>', 'wait until this status (default: ready); implies --wait', untils);

export const yes = { yes: flag('skip confirmation (required without a terminal)', { short: 'y' }) } as const;

export const onlyEndpoint = {
  endpoint: optional('id, region or Terraform import id (default: the only one in the project)', 'endpoints'),
} as const;

/** What exists as Terraform writes it. */
export const terraform = { terraform: 'import and resource blocks for Terraform' } as const;
