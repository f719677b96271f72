import { providers } from '../clouds/all.js';
import { emptyAccount, sourceKinds } from './aws/resources.js';
import {
  either,
  isFlag,
  isMissing,
  isNull,
  isObject,
  isOneOf,
  isText,
  isTime,
  listOf,
  recordOf,
  type ShapeCheck,
  shape,
} from './checks.js';
import { sandboxClouds } from './clouds/all.js';
import { isFate } from './fate-check.js';
import { defaultWorldOptions, emptyWorld, readyStatuses, sharedTiers, type World } from './world.js';

const placed = { id: isText, region: isText, createdAt: isTime };
const flags = { isDefault: isFlag, dnsSupport: isFlag, dnsHostnames: isFlag };
const orNull = { text: either(isNull, isText), time: either(isNull, isTime) };

const isRule = shape({
  id: isText,
  protocol: isText,
  from: orNull.time,
  to: orNull.time,
  source: shape({ kind: isOneOf(...sourceKinds), value: isText }),
  description: orNull.text,
  isEgress: either(isMissing, isFlag),
});

/** A saved account. */
const isAccount = shape({
  vpcs: listOf(shape({ ...placed, ...flags, cidrs: listOf(isText), sharedBy: either(isMissing, isText) })),
  subnets: listOf(
    shape({ ...placed, vpcId: isText, cidr: isText, zone: isText, publicIps: either(isMissing, isFlag) }),
  ),
  groups: listOf(shape({ ...placed, vpcId: isText, name: isText, description: isText, rules: listOf(isRule) })),
  endpoints: listOf(
    shape({
      ...placed,
      vpcId: isText,
      serviceName: isText,
      serviceRegion: isText,
      subnetIds: listOf(isText),
      groupIds: listOf(isText),
      privateDns: isFlag,
      clientToken: orNull.text,
      asked: isText,
      goneAt: orNull.time,
      acceptedBy: orNull.text,
      fate: isFate,
    }),
  ),
  tags: recordOf(recordOf(isText)),
});

/* Reads the saved world. It may have been edited by hand, so it is checked completely. */

/** Returns undefined if any part is not valid. Fills in what older versions did not save. */
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
    ...emptyWorld(),
    ...found,
    aws: found.aws === undefined || isObject(found.aws) ? { ...emptyAccount(), ...found.aws } : found.aws,
    options: { ...defaultWorldOptions, ...found.options },
    services: found.services.map((service) => (isObject(service) ? { ...oldService, ...service } : service)),
  };
  return isWorld(world) ? (world as World) : undefined;
}

/** Keys that older versions did not save for a service. */
const oldService = { interfaces: [], supportedRemoteRegions: null, portMappingEnabled: false };

const isProvider = isOneOf(...providers);

/** Each cloud has its own keys. */
const kept = providers.flatMap((provider) => Object.entries<ShapeCheck>(sandboxClouds[provider].interfaces.kept));

const isAttachment = shape({
  ...Object.fromEntries(kept.map(([key, check]) => [key, either(isMissing, check)])),
  id: isText,
  createdAt: isTime,
  availableAt: isTime,
  goneAt: either(isNull, isTime),
  fate: isFate,
});

const isWorld = shape({
  options: shape({
    readyAfter: either(isOneOf('realistic'), isTime),
    readyStatus: isOneOf(...readyStatuses),
    projects: either(isOneOf('any'), listOf(isText)),
    clusters: listOf(
      shape({
        name: isText,
        tier: either(isMissing, isOneOf(...sharedTiers)),
        paused: either(isMissing, isFlag),
        regions: listOf(shape({ provider: isProvider, atlasRegion: isText })),
      }),
    ),
    lastTakesService: isFlag,
    awsLag: isTime,
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
  aws: isAccount,
});
