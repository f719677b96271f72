import { texts } from '../../base/json.js';
import type { CloudEnd, Inspector } from '../../cloud-side/inspect.js';
import type { Facts } from './facts.js';

interface Opened {
  cloudEnd: Facts['cloudEnd'];
  close(): void;
}

/** Looks for interface endpoints in the regions where they can be. Opens each region once. */
export function openCloud(open: (region: string) => Promise<Inspector>): Opened {
  const inspectors = new Map<string, Promise<Inspector>>();
  const ends = new Map<string, Promise<CloudEnd | null>>();

  const inspectIn = async (region: string, id: string): Promise<CloudEnd | null> => {
    const inspector = inspectors.get(region) ?? open(region);
    inspectors.set(region, inspector);
    return (await inspector).inspect(id);
  };
  const find = async (regions: readonly string[], id: string): Promise<CloudEnd | null> => {
    const found = await Promise.all(regions.map((region) => inspectIn(region, id)));
    return found.find((end) => end !== null) ?? null;
  };
  return {
    cloudEnd: ({ region, supportedRemoteRegions }, id) => {
      const end = ends.get(id) ?? find([region, ...texts(supportedRemoteRegions)], id);
      ends.set(id, end);
      return end;
    },
    close: () => {
      for (const inspector of inspectors.values()) inspector.then(({ close }) => close()).catch(() => undefined);
    },
  };
}
