import type { Read } from './action.js';
import { filtered } from './filters.js';
import { zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';

export const describeAvailabilityZones: Read = (_world, { query, region }) => {
  const [names, ids] = [query.list('ZoneName'), query.list('ZoneId')];
  query.flag('AllAvailabilityZones');
  const zones = zonesOf(region);
  const unknown = [...names, ...ids].find((each) => !zones.some(({ name, id }) => name === each || id === each));
  if (unknown !== undefined) throw new AwsRefusal('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
  const asked = zones.filter(
    ({ name, id }) => names.length + ids.length === 0 || names.includes(name) || ids.includes(id),
  );
  const found = filtered(query, asked, {
    'zone-name': ({ name }) => [name],
    'zone-id': ({ id }) => [id],
    'region-name': () => [region],
    'opt-in-status': () => ['opt-in-not-required'],
    state: () => ['available'],
    'zone-type': () => ['availability-zone'],
  });
  const availabilityZoneInfo = found.map(({ name, id }) => ({
    optInStatus: 'opt-in-not-required',
    messageSet: [],
    regionName: region,
    zoneName: name,
    zoneId: id,
    groupName: region,
    networkBorderGroup: region,
    zoneType: 'availability-zone',
    zoneState: 'available',
  }));
  return { availabilityZoneInfo };
};
