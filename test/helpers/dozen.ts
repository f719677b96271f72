import type { Provider } from '../../src/clouds/all.js';
import { createService } from '../../src/sandbox/services.js';
import { defaultProject, type FaultOutcome, replaceService, type Store } from '../../src/sandbox/world.js';
import { randomNumbers } from '../../tools/replay.js';

interface Kind {
  provider: Provider;
  region: string;
  /** Seconds from now until it is ready. */
  readyIn: number;
  /** Seconds from now until it is gone. */
  goneIn?: number;
  attached?: string;
  fate?: FaultOutcome;
}

const failed = (reason: string): FaultOutcome => ({ kind: 'failed', reason });
const vpce = 'vpce-0123456789abcdef0';

const kinds: readonly Kind[] = [
  { provider: 'AWS', region: 'us-east-1', readyIn: -3600, attached: vpce },
  { provider: 'AWS', region: 'us-west-2', readyIn: -60 },
  { provider: 'AWS', region: 'eu-west-1', readyIn: 8 },
  { provider: 'AWS', region: 'eu-central-1', readyIn: -5, fate: failed('No capacity') },
  { provider: 'AWS', region: 'ap-southeast-2', readyIn: -60, goneIn: 60 },
  { provider: 'AZURE', region: 'eastus2', readyIn: -60 },
  { provider: 'AZURE', region: 'westeurope', readyIn: 40 },
  { provider: 'AZURE', region: 'northeurope', readyIn: 20, fate: failed('The subscription is disabled') },
  { provider: 'GCP', region: 'us-central1', readyIn: -60 },
  { provider: 'GCP', region: 'europe-west1', readyIn: 90 },
  { provider: 'GCP', region: 'asia-east1', readyIn: -60, goneIn: 60 },
  { provider: 'GCP', region: 'northamerica-northeast1', readyIn: -3600 },
];

/** Adds a dozen endpoints to a sandbox whose time is `now`. They are the same each time. */
export async function fill(store: Store, now: number): Promise<void> {
  const random = randomNumbers(1);
  for (const { provider, region, readyIn, goneIn, attached, fate } of kinds) {
    await store.update((world) => {
      const request = { provider, region, supportedRemoteRegions: null, portMappingEnabled: provider === 'GCP' };
      const made = createService({ world, now: now - 120_000, random, project: defaultProject, fate }, request);
      const interfaces = attached ? [{ id: attached, createdAt: now, readyAt: now, goneAt: null }] : [];
      const [readyAt, goneAt] = [now + readyIn * 1000, goneIn === undefined ? null : now + goneIn * 1000];
      return {
        world: replaceService(made.world, { ...made.service, readyAt, goneAt, interfaces }),
        answer: undefined,
      };
    });
  }
}
