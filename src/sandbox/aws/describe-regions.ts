import { knownRegions } from '../../clouds/regions.js';
import type { Read } from './action.js';
import { filtered } from './filters.js';
import { domainOf, partitionOf } from './identity.js';
import { zonesOf } from './network.js';
import { AwsRefusal } from './refusal.js';

/* Describe regions and their zones. */

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

export const describeRegions: Read = (_world, { query, region }) => {
  const names = query.list('RegionName');
  query.flag('AllRegions');
  const all = knownRegions('AWS').filter((name) => partitionOf(name) === partitionOf(region));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new AwsRefusal('InvalidParameterValue', `Invalid region provided: ${unknown}`);
  const endpoint = (name: string) => `ec2.${name}.${domainOf(name)}`;
  const found = filtered(
    query,
    all.filter((name) => names.length === 0 || names.includes(name)),
    {
      'region-name': (name) => [name],
      endpoint: (name) => [endpoint(name)],
      'opt-in-status': () => ['opt-in-not-required'],
    },
  );
  const regionInfo = found.map((name) => ({
    optInStatus: 'opt-in-not-required',
    regionName: name,
    regionEndpoint: endpoint(name),
  }));
  return { regionInfo };
};
