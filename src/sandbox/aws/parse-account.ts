import { either, isFlag, isMissing, isNull, isText, isTime, listOf, oneOf, recordOf, shape } from '../checks.js';
import { isFate } from '../fate-check.js';
import { sourceKinds } from './resources.js';

const placed = { id: isText, region: isText, createdAt: isTime };
const flags = { isDefault: isFlag, dnsSupport: isFlag, dnsHostnames: isFlag };
const orNull = { text: either(isNull, isText), time: either(isNull, isTime) };

const isRule = shape({
  id: isText,
  protocol: isText,
  from: orNull.time,
  to: orNull.time,
  source: shape({ kind: oneOf(...sourceKinds), value: isText }),
  description: orNull.text,
});

/** A saved account. */
export const isAccount = shape({
  vpcs: listOf(shape({ ...placed, ...flags, cidrs: listOf(isText), sharedBy: either(isMissing, isText) })),
  subnets: listOf(shape({ ...placed, vpcId: isText, cidr: isText, zone: isText })),
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
