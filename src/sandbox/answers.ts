import { fromAtlasRegion } from '../clouds/regions.js';
import { sandboxClouds } from './clouds/all.js';
import type { AnswerBody } from './clouds/cloud.js';
import type { Fate } from './faults.js';
import { attachmentStatus, interfacesOf, statusOf, whyDisabled } from './services.js';
import type { Attachment, Service, World } from './world.js';

/* Services and interface endpoints in the format of the API: its field names, and null where the live API returns null. */

export function serviceAnswer({ options }: World, service: Service, now: number): AnswerBody {
  const { id, provider, atlasRegion, readyAt, fate } = service;
  const status = statusOf(service, options, now);
  return {
    cloudProvider: provider,
    errorMessage: status === 'FAILED' ? reasonOf(fate, service, now) : null,
    id,
    regionName: atlasRegion,
    status,
    ...sandboxClouds[provider].service(service, {
      region: fromAtlasRegion(provider, atlasRegion),
      isReady: now >= readyAt && fate === undefined,
      attached: interfacesOf(service, now).map((each) => each.id),
    }),
  };
}

export function interfaceAnswer(service: Service, attachment: Attachment, now: number): AnswerBody {
  const { provider } = service;
  const { goneAt, fate } = attachment;
  const { failed, answer } = sandboxClouds[provider].interfaces;
  const status = attachmentStatus(service, attachment, now);
  return {
    cloudProvider: provider,
    deleteRequested: goneAt !== null,
    errorMessage: status === failed ? reasonOf(fate, service, now) : null,
    ...answer(attachment, status, service),
  };
}

/** Why something failed. */
function reasonOf(fate: Fate | undefined, service: Service, now: number): string | null {
  return fate?.kind === 'failed' ? fate.reason : (whyDisabled(service, now) ?? null);
}
