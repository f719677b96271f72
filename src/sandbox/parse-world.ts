import { providers } from '../atlas/provider.js';
import { defaultWorldOptions, emptyWorld, readyStatuses, type World } from './world.js';

/* The saved state as it is read back: whoever edited it, it is whole or it is damaged. */

type Check = (value: unknown) => boolean;

/** Returns undefined where any part of it isn't as it was saved. What an older version lacks is filled in. */
export function parseWorld(text: string): World | undefined {
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch {
    return undefined;
  }
  const found = Object(saved) as Partial<World>;
  if (!isObject(found.options) || !Array.isArray(found.services)) return undefined;
  const world = {
    ...{ ...emptyWorld(), ...found, options: { ...defaultWorldOptions, ...found.options } },
    services: found.services.map((service) => (isObject(service) ? { ...oldService, ...service } : service)),
  };
  return isWorld(world) ? (world as World) : undefined;
}

/** What the services of an older version lack. */
const oldService = { interfaces: [], supportedRemoteRegions: null, portMappingEnabled: false };

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isTime: Check = (value) => Number.isFinite(value);
const isNull: Check = (value) => value === null;
const isMissing: Check = (value) => value === undefined;

const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const oneOf =
  (...accepted: readonly unknown[]): Check =>
  (value) =>
    accepted.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (checks: Record<string, Check>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([key, check]) => check((value as Record<string, unknown>)[key]));

const isProvider = oneOf(...providers);
const isFate = either(
  isMissing,
  shape({ kind: oneOf('never-ready', 'vanishes') }),
  shape({ kind: oneOf('failed'), reason: isText }),
);

const isAttachment = shape({
  id: isText,
  ip: either(isMissing, isText),
  gcpProjectId: either(isMissing, isText),
  endpoints: either(isMissing, listOf(shape({ endpointName: isText, ipAddress: isText }))),
  createdAt: isTime,
  availableAt: isTime,
  goneAt: either(isNull, isTime),
  fate: isFate,
});

const isWorld = shape({
  options: shape({
    readyAfter: either(oneOf('realistic'), isTime),
    readyStatus: oneOf(...readyStatuses),
    projects: either(oneOf('any'), listOf(isText)),
    clusters: listOf(shape({ name: isText, regions: listOf(shape({ provider: isProvider, atlasRegion: isText })) })),
    lastTakesService: isFlag,
  }),
  services: listOf(
    shape({
      id: isText,
      projectId: isText,
      provider: isProvider,
      atlasRegion: isText,
      supportedRemoteRegions: either(isNull, listOf(isText)),
      portMappingEnabled: isFlag,
      createdAt: isTime,
      readyAt: isTime,
      goneAt: either(isNull, isTime),
      interfaces: listOf(isAttachment),
      fate: isFate,
    }),
  ),
  regionalMode: listOf(isText),
});
