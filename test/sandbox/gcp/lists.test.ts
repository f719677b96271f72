import { describe, expect, test } from 'vitest';
import { gcpSandbox } from '../../helpers/gcp.js';

const project = '/compute/v1/projects/atlas-pe-sandbox';

/** Addresses with these names. The first one has a label, and is used by a forwarding rule. */
async function prepared(...names: readonly string[]) {
  const sandbox = await gcpSandbox();
  const here = sandbox.inRegion();
  for (const name of ['mine', ...names]) {
    const labels = name === 'mine' ? { app: 'web' } : {};
    await here.done('POST', 'addresses', { ...here.address, name, labels });
  }
  const { targets } = await sandbox.atlas.service();
  await here.done('POST', 'forwardingRules', here.rule(targets[0]));
  const list = async (path: string, query: Record<string, string> = {}) => {
    const { status, body } = await sandbox.google('GET', `${project}/${path}?${new URLSearchParams(query)}`);
    return status === 200 ? body : [status, body.error?.errors[0].reason, body.error?.message];
  };
  return { ...sandbox, here, list };
}

const namesIn = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name);

describe('the filter of a list', () => {
  test.each([
    [['mine', 'other', 'third'], ''],
    // Regular expressions, as gcloud sends them.
    [['mine'], String.raw`name eq ".*\bmine\b.*"`],
    [['mine', 'third'], 'name ne other'],
    [['mine', 'other', 'third'], String.raw`region eq ".*\bus\-east4\b.*"`],
    [['other'], String.raw`(name eq ".*\bother\b.*")(status eq ".*\bRESERVED\b.*")`],
    [['other'], '((name ne mine)(status eq RESERVED)) (name eq "other|mine")'],
    [[], '(name eq "min")(status eq "RESERVED")'],
    [['mine'], 'users eq ".*(/forwardingRules/).*"'],
    [['mine'], 'name = mine'],
    [[], 'name = m.ne'],
    [['mine'], '(name = mine) AND (labels.app="web")'],
    [['mine'], 'labels.app="web"'],
    [['mine', 'other', 'third'], 'labels.team ne a'],
  ])('selects %j with %s', async (names, filter) => {
    const { list } = await prepared('other', 'third');
    expect(namesIn(await list('regions/us-east4/addresses', { filter }))).toEqual(names);
  });

  test('is refused if its pattern is none', async () => {
    const { list } = await prepared();
    const refused = expect.stringContaining('not a valid regular expression');
    expect(await list('regions/us-east4/addresses', { filter: 'name eq "("' })).toEqual([400, 'invalid', refused]);
  });

  test.each(['name', 'zone mine', 'name = mine OR name = other', 'NOT (name = mine)', 'name:mi', 'name ~ mine'])(
    'is refused if it is %s, also for an empty list',
    async (filter) => {
      const { list } = await prepared();
      const refused = `Invalid value for field 'filter': '${filter}'. The sandbox does not have this form.`;
      for (const path of ['regions/us-east4/addresses', 'regions/us-east1/addresses'])
        expect(await list(path, { filter })).toEqual([400, 'invalid', refused]);
    },
  );
});

describe('the pages of a list', () => {
  test.each(['regions/us-east4/addresses', 'aggregated/addresses'])('of %s follow each other', async (path) => {
    const { list } = await prepared('other', 'third');
    const found: string[][] = [];
    let pageToken = '';
    do {
      const page = await list(path, { maxResults: '2', pageToken, filter: 'name ne nothing' });
      const { items = [] } = page;
      found.push(namesIn({ items: Array.isArray(items) ? items : items['regions/us-east4'].addresses }));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(found).toEqual([['mine', 'other'], ['third']]);
    expect(await list(path, { maxResults: '3' })).not.toHaveProperty('nextPageToken');
    expect(await list(path, { maxResults: '0' })).not.toHaveProperty('nextPageToken');
  });
});

test('regions have zones, and both are listed and read', async () => {
  const { list } = await prepared();
  const region = await list('regions/europe-west1');
  expect(region).toMatchObject({ name: 'europe-west1', status: 'UP', quotas: [{ metric: 'INTERNAL_ADDRESSES' }] });
  const { items } = await list('zones', { filter: String.raw`region eq ".*\beurope\-west1\b.*"` });
  expect(namesIn({ items })).toEqual(['europe-west1-b', 'europe-west1-c', 'europe-west1-d']);
  expect(items.map(({ selfLink }: { selfLink: string }) => selfLink)).toEqual(region.zones);
  expect(await list('zones/us-central1-f')).toMatchObject({
    region: expect.stringMatching(/\/regions\/us-central1$/),
  });
  expect(namesIn(await list('regions', { filter: 'name eq "us-east[14]"' }))).toEqual(['us-east1', 'us-east4']);
  for (const path of ['regions/us-nowhere1', 'zones/us-east4-z'])
    expect((await list(path)).slice(0, 2)).toEqual([404, 'notFound']);
});

test('operations are listed by place, and in all of them', async () => {
  const { google, here, list, clock } = await prepared();
  await google('POST', `${project}/global/networks`, { name: 'own' });
  const { items } = await list('regions/us-east4/operations');
  expect(items).toMatchObject([
    { operationType: 'insert', status: 'DONE', progress: 100, insertTime: expect.stringMatching(/Z$/) },
    { targetLink: expect.stringMatching(/\/forwardingRules\/mine$/), endTime: expect.stringMatching(/Z$/) },
  ]);
  expect(await here.get(`operations/${items[1].name}`)).toEqual(items[1]);
  const running = { status: 'RUNNING', progress: 0 };
  expect((await list('global/operations')).items).toMatchObject([running]);
  const all = await list('aggregated/operations');
  expect(all.items).toMatchObject({ global: { operations: [running] }, 'regions/us-east4': { operations: items } });
  clock.advance(1000);
  expect((await list('global/operations', { filter: 'progress eq 100' })).items).toHaveLength(1);
});

test('the firewall rules of the faults file are listed, but no global addresses and rules', async () => {
  const firewalls = [{ name: 'deny-all', direction: 'EGRESS' }, { direction: 'INGRESS' }];
  const { google } = await gcpSandbox({ gcp: { firewalls } });
  const global = `${project}/global`;
  const { items } = (await google('GET', `${global}/firewalls`)).body;
  expect(items).toMatchObject([firewalls[0], { name: 'rule-2', ...firewalls[1] }]);
  expect(items[1].network).toMatch(/\/global\/networks\/default$/);
  expect((await google('GET', `${global}/firewalls/deny-all`)).body).toEqual(items[0]);
  for (const [name, kind] of Object.entries({ addresses: 'addressList', forwardingRules: 'forwardingRuleList' })) {
    const found = (await google('GET', `${global}/${name}`)).body;
    expect(found).toMatchObject({ kind: `compute#${kind}`, id: expect.stringMatching(/^projects/), items: [] });
    expect((await google('GET', `${global}/${name}/mine`)).status).toBe(404);
    expect((await google('POST', `${global}/${name}`, {})).status).toBe(501);
  }
});

test('a project is described, if it exists and the user may see it', async () => {
  const { google } = await gcpSandbox({ gcp: { projects: ['second'] } });
  const described = (await google('GET', '/v1/projects/second')).body;
  expect(described).toMatchObject({ projectId: 'second', lifecycleState: 'ACTIVE' });
  expect((await google('GET', '/v1/projects/atlas-pe-sandbox')).body.projectNumber).not.toBe(described.projectNumber);
  expect((await google('GET', '/v1/projects/third')).status).toBe(404);
  const { google: other } = await gcpSandbox({ gcp: { without: ['resourcemanager.projects.get'] } });
  expect((await other('GET', '/v1/projects/atlas-pe-sandbox')).status).toBe(403);
});
