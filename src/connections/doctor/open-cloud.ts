import { texts } from '../../base/json.js';
import { onceByKey } from '../../base/once.js';
import type { CloudEnd, Inspector } from '../../cloud-side/inspect.js';
import type { Facts } from './facts.js';

interface Opened {
  cloudEnd: Facts['cloudEnd'];
  close(): void;
}

/** Looks for interface endpoints in the regions where they can be. Opens each region once. */
export function openCloud(open: (region: string) => Promise<Inspector>): Opened {
  const opened: Promise<Inspector>[] = [];
  const [inRegion, once] = [onceByKey(), onceByKey()];

  const inspectorIn = (region: string) =>
    inRegion(region, () => {
      const inspector = open(region);
      opened.push(inspector);
      return inspector;
    });
  const find = async (regions: readonly string[], id: string): Promise<CloudEnd | null> => {
    const named = regions.filter((region) => region !== '');
    const found = await Promise.all(named.map(async (region) => (await inspectorIn(region)).inspect(id)));
    return found.find((end) => end !== null) ?? null;
  };
  return {
    cloudEnd: ({ region, supportedRemoteRegions }, id) =>
      once(id, () => find([region, ...texts(supportedRemoteRegions)], id)),
    close: () => {
      for (const inspector of opened) inspector.then(({ close }) => close()).catch(() => undefined);
    },
  };
}
