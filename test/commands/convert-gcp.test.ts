import { beforeEach, expect, test } from 'vitest';
import { besideGoogle } from '../helpers/gcp.js';
import { linesIn } from '../helpers/run-cli.js';
import { scenario } from '../helpers/scenario.js';

/* convert with access to the Google project: it creates the new side there, in the network of the old one. */

const { own, left, json } = scenario('GCP');
const { there, google } = besideGoogle(own);
const project = 'atlas-pe-sandbox';
const convert = 'convert us-east4 --yes';

/** An old forwarding rule in the second network of a Google project, attached. */
async function addOld(project: string, group: string) {
  const { serviceAttachmentNames } = await json('get us-east4');
  const subnetwork = `projects/${project}/regions/us-east4/subnetworks/two`;
  await google('POST', 'addresses', { name: 'old', addressType: 'INTERNAL', subnetwork }, project);
  const IPAddress = `projects/${project}/regions/us-east4/addresses/old`;
  const network = `projects/${project}/global/networks/two`;
  const rule = { name: 'old', target: serviceAttachmentNames[0], network, IPAddress };
  await google('POST', 'forwardingRules', rule, project);
  const ip = (await there()).rules.at(-1)?.IPAddress;
  await own.succeeds(`interface add us-east4 ${group} --gcp-project ${project} --endpoint old@${ip} --wait`);
}

/** Two networks; the old forwarding rule is in the second one. */
beforeEach(async () => {
  await own.restart({ gcp: { projects: ['other-project-1'], networks: [{ name: 'one' }, { name: 'two' }] } });
  await json('create us-east4 --provider gcp --no-port-mapping --wait');
  await addOld(project, 'grp');
  await json('connection-strings --wait');
});

test('creates the new side in the network of the old one, and prints both strings', async () => {
  const rows = await json(convert);
  expect(rows).toMatchObject([
    {
      oldSrvConnectionString: expect.stringContaining('app-pl-0'),
      newSrvConnectionString: expect.stringContaining('app-psc-0'),
      gcpProjectId: project,
    },
  ]);
  const { rules } = await there();
  expect(rules.map(({ network }) => network)).toEqual(Array(2).fill(`projects/${project}/global/networks/two`));
  expect(rules[1]?.path).toMatch(`/atlas-pe-${rows[0].newEndpointId}`);
  expect(await left()).toEqual([2, 2, 2, 2]);
  await json(convert);
  expect(await left()).toEqual([2, 2, 2, 2]);
  const { stderr } = await own.succeeds('convert us-east4 --finish --yes --log-format json');
  // Another network may have the same address, so the rule tells which one it is, while it is there.
  const commands = linesIn(stderr).flatMap(({ kind, said }) => (kind === 'hint' ? said.commands : []));
  expect(commands).toEqual([
    "ADDRESSES=($(gcloud compute addresses list --project atlas-pe-sandbox --filter 'region:us-east4 AND users~/forwardingRules/ AND users~/old$' --format 'value(name)'))",
    expect.stringMatching(/^gcloud compute forwarding-rules delete old /),
    expect.stringMatching(/^gcloud compute addresses delete "\$\{ADDRESSES\[@\]\}" --region us-east4 --project /),
  ]);
  expect((await there()).rules).toHaveLength(2);
});

test('--verbose shows the requests to Google', async () => {
  const { stderr } = await own.atlas(`${convert} --verbose`);
  expect(stderr).toContain('GCP compute.forwardingRules.create 200 ');
});

test('creates the new side in each Google project that has an old one', async () => {
  await addOld('other-project-1', 'grp2');
  const [{ newEndpointId }] = await json(convert);
  const interfaces = await json(`interface list ${newEndpointId}`);
  const projects = interfaces.map(({ gcpProjectId }: { gcpProjectId: string }) => gcpProjectId);
  expect(projects.toSorted()).toEqual([project, 'other-project-1']);
});

test('does not confuse new forwarding rules of two Google projects that have the same name', async () => {
  await addOld('other-project-1', 'grp2');
  const { id, serviceAttachmentNames } = await json('create us-east4 --provider gcp --wait');
  for (const each of [project, 'other-project-1']) {
    const where = `projects/${each}/regions/us-east4`;
    const subnetwork = `${where}/subnetworks/two`;
    await google('POST', 'addresses', { name: 'new', addressType: 'INTERNAL', subnetwork }, each);
    const network = `projects/${each}/global/networks/two`;
    const to = { target: serviceAttachmentNames[0], network, IPAddress: `${where}/addresses/new` };
    await google('POST', 'forwardingRules', { name: 'new', ...to }, each);
  }
  for (const _ of [1, 2]) {
    const said = 'in Google project other-project-1. Another Google project has a new forwarding rule named new too.';
    await own.ends(convert, 0, said);
    expect(await json(`interface list ${id}`)).toMatchObject([{ id: 'new', gcpProjectId: project }]);
  }
});

test('without --yes and a terminal, it creates nothing in Google, and says what to run', async () => {
  const { stderr } = await own.ends('convert us-east4 --log-format json', 0);
  expect(await left()).toEqual([2, 1, 1, 1]);
  expect(stderr).toMatch(/atlas-pe connect \w{24} --gcp-project atlas-pe-sandbox/);
});

test('without access to the Google project, it says why, and what to run', async () => {
  const { GOOGLE_OAUTH_ACCESS_TOKEN, ...env } = own.sandbox.env;
  const said = 'Cannot create the new side in Google project atlas-pe-sandbox. No Google credentials found';
  const options = { env: { ...env, PATH: '/nonexistent' } };
  const { stderr } = await own.ends(`${convert} --log-format json`, 0, said, undefined, options);
  expect(stderr).toMatch(/atlas-pe connect \w{24} --gcp-project atlas-pe-sandbox/);
  expect(await left()).toEqual([2, 1, 1, 1]);
});

test('a new rule that Atlas has refused is named with what deletes it, and no second one is billed', async () => {
  own.faults = [{ path: '*/endpoint', method: 'POST', fate: { kind: 'failed', reason: 'No' } }];
  expect((await own.atlas(convert)).exitCode).not.toBe(0);
  expect(await left()).toEqual([2, 2, 2, 2]);
  own.faults = [];
  const { stderr } = await own.atlas(convert);
  const [, remove = ''] =
    /so it can never connect\..* atlas-pe (disconnect .*? --keep-service .*?--yes)/.exec(stderr) ?? [];
  expect(await left(), stderr).toEqual([2, 2, 2, 2]);
  await json(remove);
  expect(await left()).toEqual([2, 1, 1, 1]);
  await json(convert);
  expect(await left()).toEqual([2, 2, 2, 2]);
});

test.each([
  { action: 'compute.addresses.createInternal' },
  { action: 'compute.forwardingRules.create' },
  { action: 'compute.regionOperations.get' },
  { method: 'POST', path: '*/endpoint' },
])('ends with one of everything if the first answer to %j is lost', async (request) => {
  own.faults = [{ ...request, nth: [{ from: 1, to: 1 }], drop: 'after' }];
  const first = await own.atlas(convert);
  own.faults = [];
  if (first.exitCode !== 0) await json(convert);
  expect(await left(), first.stderr).toEqual([2, 2, 2, 2]);
});
