import { anyProvider, defaultProvider, providerWords } from '../clouds/all.js';
import { flag, optional, value } from '../command.js';

export const onlyProvider = {
  provider: value('<provider>', `only endpoints of this provider: ${anyProvider}`, providerWords),
} as const;

export const filter = {
  ...onlyProvider,
  region: value('<region>', 'only endpoints in this region', 'regions'),
} as const;

export const newProvider = {
  provider: value('<provider>', `${anyProvider} (default: ${defaultProvider.toLowerCase()})`, providerWords),
} as const;

export const sorting = {
  sort: value('<key>', 'sort by this key; -<key> reverses the order', 'sortKeys'),
} as const;

export const waiting = (until: string) =>
  ({
    wait: flag(`wait until ${until}`),
    timeout: value('<duration>', 'time limit (default: 1h); implies --wait'),
  }) as const;

export const yes = { yes: flag('skip confirmation (required without a terminal)', { short: 'y' }) } as const;

export const agree = {
  ...yes,
  allowOutage: flag('with --yes: also break connection strings in other regions'),
} as const;

export const onlyEndpoint = {
  endpoint: optional('id, region or Terraform import id (default: the only one in the project)', 'endpoints'),
} as const;
