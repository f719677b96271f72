import { clouds } from '../clouds/all.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { readFilter } from '../endpoints/name.js';
import type { regions } from './services.js';

/** Lists the regions that this program knows, in both spellings. Atlas may have more. */
export async function run({ io }: Context, { provider }: OptionsOf<typeof regions>): Promise<void> {
  const rows = readFilter({ provider }).clouds.flatMap((cloud) =>
    clouds[cloud].regions.map(({ region, atlasRegion }) => ({ provider: cloud, region, atlasRegion })),
  );
  await io.print({ single: false, rows, id: 'region', empty: 'No regions.' });
}
