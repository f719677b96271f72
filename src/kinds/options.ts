import { value } from '../command.js';

/** The options of `create` that only some kinds have. */
export const kindFlags = {
  endpoint: value('<id>', 'interface endpoint to register'),
  dnsName: value('<name>', 'its DNS name'),
  ip: value('<ip>', 'its IP address'),
  linkId: value('<id>', 'its link id'),
  comment: value('<text>', 'a note on it'),
  vpcRegion: value('<region>', 'region that it is used from', 'newRegions'),
  file: value('<file>', 'JSON file with the request', 'files'),
} as const;

export type KindOptions = { [Name in keyof typeof kindFlags]?: string | undefined };
