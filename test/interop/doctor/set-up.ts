import type { Answer } from 'dns-packet';
import type { RecordType, Zone } from './dns.js';
import { type Authorities, type Member, startNode } from './nodes.js';
import { places, type Row, rows } from './rows.js';

/* A row as addresses, DNS records and nodes. Each row has a domain and addresses of its own. */

const numberOf = (row: Row) => rows.indexOf(row) + 1;
const domainOf = (row: Row) => `r${numberOf(row)}.mongodb.net`;
const clusterOf = ({ cluster = 'cluster0-pl-0' }: Row) => cluster;

/** The hosts of a row with their addresses and ports. */
export function hostsOf(row: Row) {
  const { hosts = { 'pl-0-us-east-1': {} } } = row;
  return Object.entries(hosts).map(([name, own], index) => {
    const { at = ['here'], ports = [1024, 1025, 1026], named = ports, tls = 'good' } = { ...row, ...own };
    const addresses = at.map((place) => {
      const separator = places[place].includes(':') ? ':' : '.';
      return [places[place], numberOf(row), 10 + index].join(separator);
    });
    return { host: `${name}.${domainOf(row)}`, addresses, ports, named, tls };
  });
}

/** The connection string of a row, or another text about it. `files`: the values that are not in the row. */
function filledIn(row: Row, template: string, files: Readonly<Record<string, string>>): string {
  const values: Record<string, string> = { ...files, d: domainOf(row), address: hostsOf(row)[0]?.addresses[0] ?? '' };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

export function stringOf(row: Row, files: Readonly<Record<string, string>>): string {
  return filledIn(row, row.string ?? `mongodb+srv://${clusterOf(row)}.{d}`, files);
}

const addressRecord = (data: string): Answer => ({ type: data.includes(':') ? 'AAAA' : 'A', name: '', data });

function recordsOf(row: Row): [name: string, records: Answer[]][] {
  const { txt = ['authSource=admin&replicaSet=atlas-a-shard-0'] } = row;
  const name = `${clusterOf(row)}.${domainOf(row)}`;
  const hosts = hostsOf(row);
  const usual: Record<string, readonly Answer[] | null> = {
    [`_mongodb._tcp.${name}`]: hosts.flatMap(({ host, named }) =>
      named.map((port): Answer => ({ type: 'SRV', name: '', data: { target: host, port } })),
    ),
    [name]: txt.map((data) => ({ type: 'TXT', name: '', data })),
    ...Object.fromEntries(hosts.map(({ host, addresses }) => [host, addresses.map(addressRecord)])),
    // Nobody is at this address.
    ...Object.fromEntries(hosts.map(({ host }) => [`${host}.wild.example`, [addressRecord('10.1.250.1')]])),
  };
  const own = JSON.parse(filledIn(row, JSON.stringify(row.records ?? {}), {})) as typeof usual;
  return Object.entries({ ...usual, ...own }).flatMap(([key, all]) => (all === null ? [] : [[key, [...all]]]));
}

/** What the DNS server of these rows knows. */
export function zoneOf(all: readonly Row[]): Zone {
  return {
    records: new Map(all.flatMap(recordsOf)),
    trouble: (name, type) => {
      if (name.endsWith('silent.example')) return 'silent';
      return all.find((row) => name.endsWith(domainOf(row)))?.dns?.[type as RecordType];
    },
  };
}

/** Whether something can listen at an address. */
const isLocal = (address: string) => /^(?:10\.[12]|100\.65|54\.8)\.|^fd00:1:/.test(address);

/** Starts the nodes of a row. */
export async function openNodes(row: Row, authorities: Authorities): Promise<void> {
  const { kind = 'replica set', hello = {}, helloAt = {} } = row;
  const hosts = hostsOf(row);
  const members = hosts.flatMap(({ host, ports }) => ports.map((port) => `${host}:${port}`));
  const set = { setName: 'atlas-a-shard-0', setVersion: 1, hosts: members, primary: members[0] };
  const nodes = hosts.flatMap(({ host, ports, ...rest }) =>
    ports.map((port) => ({ me: `${host}:${port}`, port, ...rest })),
  );
  const starting = nodes.flatMap(({ me, port, addresses, tls }) => {
    const isWritablePrimary = me === members[0];
    const own = { ...set, me, isWritablePrimary, secondary: !isWritablePrimary };
    const member: Member = { kind, hello: { ...(kind === 'replica set' && own), ...hello, ...helloAt[port] } };
    const domain = domainOf(row);
    return addresses.filter(isLocal).map((host) => startNode({ host, port, tls, domain }, authorities, member));
  });
  await Promise.all(starting);
}
