import { parseRegion } from '../../src/clouds/regions.js';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import { createSandbox } from '../../src/sandbox/server.js';
import { attachInterface } from '../../src/sandbox/service-routes.js';
import { attachmentStatus, statusOf } from '../../src/sandbox/services.js';
import { type ClusterSpec, defaultProject, emptyWorld, memoryStore, type Service } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runMain } from '../helpers/run-main.js';
import { simulatedAws } from './aws.js';
import { simulatedAzure } from './azure.js';
import type { SimulatedCloud } from './cloud.js';
import { lendToSdk, simulatedEnvironment } from './environment.js';
import { simulatedGcp } from './gcp.js';
import { atlasRequests, drawFrom, faultOf, type Trouble, troubles } from './trouble.js';

/*
 * A simulation drawn from a seed: Atlas, a cloud and the program in one process, on a clock that never waits. Runs of
 * connect and disconnect meet lost answers, refusals, kills, interruptions, lag and somebody else at work. Whatever
 * happens, a run without trouble completes it, and nothing is created twice, left behind, or taken from others.
 */

const simulated: readonly SimulatedCloud[] = [simulatedAws, simulatedAzure, simulatedGcp];

/** What happened, one line a step, and what was broken; undefined if nothing was. */
export interface Simulation {
  steps: readonly string[];
  broken: string | undefined;
}

class Broken extends Error {}

export async function simulate(seed: number): Promise<Simulation> {
  const draw = drawFrom(seed);
  const whole = (below: number) => Math.floor(draw() * below);
  const pick = <T>(all: readonly T[]): T => all[whole(all.length)] as T;
  const chance = (share: number) => draw() < share;
  const steps: string[] = [];

  const cloud = pick(simulated);
  const { provider, regions } = cloud;
  const clock = fakeClock();
  // Of the two in a region, the second one may be deleted. Some regions have one.
  const clusters: ClusterSpec[] = regions.flatMap((region, index) =>
    (chance(0.5) ? ['', 'b'] : ['']).map((suffix) => ({
      name: `Cluster${index}${suffix}`,
      regions: [{ provider, atlasRegion: parseRegion(provider, region).atlasRegion }],
    })),
  );
  const lag = pick([0, 3000, 8000]);
  const lags = { awsLag: lag, gcpLag: lag, azureLag: lag };
  const world = { readyAfter: pick([0, 5000, 60_000]), lastTakesService: chance(0.2), ...lags };
  steps.push(
    `${provider}, ready after ${world.readyAfter} ms, lag ${lag} ms${world.lastTakesService ? ', the last endpoint takes its service' : ''}`,
  );
  const store = memoryStore(emptyWorld({ ...world, projects: [defaultProject], clusters }));

  let onRequest: (method: string, path: string, action?: string) => Fault | undefined = () => undefined;
  const next: typeof onRequest = (...request) => onRequest(...request);
  const sandbox = createSandbox({ store, clock, random: drawFrom(seed + 1), faults: { next } });
  const baseUrl = await sandbox.listen(0);
  const env = simulatedEnvironment(baseUrl);
  const restore = lendToSdk(env);

  const view = async () => ({ world: await store.read(), now: clock.now() });
  const servicesThere = async () => {
    const now = await view();
    return now.world.services.filter((each) => each.goneAt === null && statusOf(each, now) !== null);
  };
  const attachedTo = (service: Service, now: number) =>
    service.interfaces.filter((each) => each.goneAt === null && attachmentStatus(service, each, now) !== null);

  const regionOf = ({ atlasRegion }: Service) => parseRegion(provider, atlasRegion).region;

  /** The endpoints that somebody else created for a service, and attached. */
  const foreign: { serviceId: string; id: string; isAttached: boolean }[] = [];

  /** Somebody else creates an endpoint for one of the services, and may attach it. */
  const intrude = async () => {
    const now = await view();
    const ready = (await servicesThere()).filter((each) => /AVAILABLE|WAITING/.test(statusOf(each, now) ?? ''));
    if (ready.length === 0) return;
    const service = pick(ready);
    const region = regionOf(service);
    const request = await cloud.intrude({
      store,
      baseUrl,
      now: clock.now(),
      random: draw,
      region,
      target: cloud.target(service, region),
      name: `theirs-${foreign.length}`,
      advance: () => clock.advance(5000 + lag),
    });
    const isAttached = chance(0.5);
    if (isAttached) {
      clock.advance(lag + 1);
      await store.update((current) => {
        const at = { world: current, now: clock.now() };
        const found = current.services.find(({ id }) => id === service.id) ?? service;
        return { world: attachInterface(at, found, request).world, answer: null };
      });
    }
    foreign.push({ serviceId: service.id, id: request.id, isAttached });
    steps.push(`  somebody creates ${request.id} for ${service.id}${isAttached ? ' and attaches it' : ''}`);
  };

  /** Somebody deletes an endpoint that the program created, and Atlas learns of it. */
  /** On GCP, the address of a rule has its name, and stays until disconnect removes it. */
  const deletedByHand: string[] = [];
  const deleteByHand = async () => {
    const endpoints = cloud.holdings(await view()).ours.filter(({ kind }) => kind === cloud.endpointKind);
    const service = (await servicesThere()).find(({ id }) => endpoints.some(({ serviceId }) => serviceId === id));
    const { id } = endpoints.find(({ serviceId }) => serviceId === service?.id) ?? {};
    if (!service || id === undefined) return;
    const region = regionOf(service);
    await cloud.deleteByHand({ store, baseUrl, now: clock.now(), random: draw, region, id });
    deletedByHand.push(id);
    clock.advance(120_000 + lag);
    steps.push(`  somebody deletes ${id} of ${service.id}`);
  };

  const deleteClusters = () =>
    store.update((world) => {
      const staying = world.options.clusters.filter(({ name }) => !name.endsWith('b'));
      return { world: { ...world, options: { ...world.options, clusters: staying } }, answer: null };
    });

  /** Runs the program, with trouble at some requests. */
  const run = async (line: string, trouble: readonly { what: Trouble; at: Fault }[]) => {
    clock.advance(pick([1, 1, 1000, 60_000]));
    const told = trouble.map(
      ({ what, at }) => `${what} at ${at.action ?? `${at.method} ${at.path}`} ${at.nth?.[0]?.from}`,
    );
    steps.push(`atlas-pe ${line}${told.length > 0 ? ` (${told.join('; ')})` : ''}`);
    const rules = trouble.map(({ what, at }) => ({ what, rule: createFaults([at]) }));
    let interrupt: (signal: 'SIGINT') => boolean = () => false;
    let isCut = false;
    const started = clock.now();
    const changes: string[] = [];
    onRequest = (method, path, action) => {
      const name = action ?? `${method} ${path}`;
      if (
        /^(?:POST|PUT|PATCH|DELETE) |^(?:Create|Authorize|Delete)|(?:\.create|createInternal|\.delete|deleteInternal|\/write|\/delete)$/.test(
          name,
        )
      )
        changes.push(name);
      // A killed program sends nothing more.
      if (isCut) return { drop: 'before' };
      let found: Fault | undefined;
      for (const { what, rule } of rules) {
        const fault = rule.next(method, path, action);
        if (!fault) continue;
        if (what === 'interrupt') interrupt('SIGINT');
        if (what === 'cluster deleted') void deleteClusters();
        if (what.startsWith('kill')) isCut = true;
        found ??= fault;
      }
      return found;
    };
    const done = await runMain(line.split(' '), {
      env,
      clock,
      onStart: (each) => {
        interrupt = each;
      },
    });
    onRequest = () => undefined;
    if (clock.now() - started > 1_800_000) throw new Broken('It waited for half an hour.');
    steps.push(`  ${done.exitCode} ${lastLine(done.stderr).replaceAll(new URL(baseUrl).host, 'the sandbox')}`);
    return { ...done, changes };
  };

  /** Nothing of ours exists twice. */
  const checkOnce = async () => {
    const services = await servicesThere();
    const places = services.map(({ atlasRegion, portMappingEnabled }) => `${atlasRegion} ${portMappingEnabled}`);
    if (new Set(places).size < places.length) throw new Broken('There are two services in one region.');
    const { ours } = cloud.holdings(await view());
    const alive = ours.filter(({ id, isDead }) => !isDead && !deletedByHand.includes(id));
    const kinds = alive.map(({ kind, serviceId }) => `${kind} of ${serviceId}`);
    const twice = kinds.find((each, index) => kinds.indexOf(each) !== index);
    if (twice !== undefined) throw new Broken(`There are two: ${twice}.`);
  };

  /** What belongs to others is as it was. */
  const checkTheirs = async (before: readonly string[]) => {
    const { theirs } = cloud.holdings(await view());
    const lost = before.find((each) => !theirs.includes(each));
    if (lost !== undefined) throw new Broken(`Something of others was changed or removed: ${lost}`);
    for (const { id, serviceId, isAttached } of foreign) {
      const service = (await servicesThere()).find((each) => each.id === serviceId);
      const isThere = service && attachedTo(service, clock.now()).some((each) => each.id === id);
      if (isAttached && !isThere) throw new Broken(`${id}, which somebody else had attached, is detached.`);
    }
  };

  const observed = async (work: () => Promise<unknown>) => {
    const { theirs } = cloud.holdings(await view());
    await work();
    await checkOnce();
    await checkTheirs(theirs);
  };

  const drawTrouble = (verb: 'connect' | 'disconnect') =>
    Array.from({ length: pick([0, 1, 1, 2, 3]) }, () => {
      const what = pick(troubles);
      const change = { action: pick(verb === 'disconnect' ? cloud.deletes : cloud.creates) };
      const drawn = chance(0.5) ? change : pick([...atlasRequests, ...cloud.requests]);
      const where = what === 'cluster deleted' ? { method: 'GET', path: '*/clusters' } : drawn;
      const number = pick([1, 1, 1, 2, 2, 3]);
      return { what, at: { ...where, nth: [{ from: number, to: number }], ...faultOf(what, pick) } };
    });

  const option = provider === 'AWS' ? '' : ` --provider ${provider.toLowerCase()}`;
  const connect = (region: string) => `connect ${region}${option} --yes`;
  /** All regions at the same time. */
  const named = `${regions.map((_, index) => `--cluster Cluster${index}`).join(' ')} --yes`;
  const [connectAll, disconnectAll] = [`connect ${named}`, `disconnect ${named}`];
  /** The services in regions where a second cluster has nodes: disconnect --cluster leaves these as they are. */
  const sharedServices = async () => {
    const { options } = await store.read();
    const second = (service: Service) => `Cluster${regions.indexOf(regionOf(service))}b`;
    return (await servicesThere()).filter((each) => options.clusters.some(({ name }) => name === second(each)));
  };
  const sharedConnections = async () => {
    const now = clock.now();
    const isWorking = (service: Service) => (each: Service['interfaces'][number]) =>
      attachmentStatus(service, each, now) === 'AVAILABLE' && !deletedByHand.includes(each.id);
    return (await sharedServices()).flatMap((each) => attachedTo(each, now).filter(isWorking(each)));
  };
  /** Where others have endpoints too, it names ours. */
  const disconnect = async (region: string) => {
    const service = (await servicesThere()).find((each) => regionOf(each) === region);
    const { ours } = cloud.holdings(await view());
    const own = ours.find(({ kind, serviceId }) => kind === cloud.endpointKind && serviceId === service?.id);
    const isShared = foreign.some(({ serviceId }) => serviceId === service?.id);
    return `disconnect ${region} ${own && isShared ? `${own.id} ` : ''}--yes`;
  };
  const last = new Map<string, 'connect' | 'disconnect'>();

  const markedServices = async () =>
    cloud.holdings(await view()).ours.flatMap(({ serviceId, isMarked }) => (isMarked ? serviceId : []));
  const leavingServices = async () => {
    const now = await view();
    return (await servicesThere()).filter((each) => statusOf(each, now) === 'DELETING').map(({ id }) => id);
  };
  const isMarkedIn = async (region: string | undefined) => {
    const marked = await markedServices();
    return (await servicesThere()).some((each) => regionOf(each) === region && marked.includes(each.id));
  };
  const isUsed = (service: string) => foreign.some(({ serviceId }) => serviceId === service);

  /** disconnect deletes the service if, and only if, a mark says that connect created it. `isKept`: it saw no mark. */
  const checkRemoved = async (id: string, wasMarked: boolean, wasLeaving: boolean, isKept: boolean) => {
    const isThere = (await servicesThere()).some((each) => each.id === id);
    if (isThere && wasMarked && !isKept && !isUsed(id)) throw new Broken(`disconnect left the service ${id}.`);
    if (!isThere && !wasMarked && !wasLeaving && !world.lastTakesService)
      throw new Broken(`disconnect deleted the service ${id}, which connect did not create.`);
  };

  /** A run without trouble completes it, or says that others use it. */
  const complete = async (line: string, others: boolean) => {
    let [exitCode, stderr] = [0, ''];
    const [verb, place] = line.split(' ');
    const shared = (await sharedServices()).map(({ id }) => id);
    const before = (await servicesThere()).filter((each) =>
      place === '--cluster' ? !shared.includes(each.id) : regionOf(each) === place,
    );
    const [wasMarked, wasLeaving] = [await markedServices(), await leavingServices()];
    let changes: readonly string[] = [];
    await observed(async () => {
      ({ exitCode, stderr, changes } = await run(line, []));
    });
    // The removal of an endpoint, and of its mark, may have been under way.
    const isKept = (id: string) => changes.length === 0 && stderr.includes(`kept: ${id}, without a mark of connect`);
    // What an interrupted run has asked for may come later than what is read before this one.
    const hasCreated = /^Atlas service: .*, created/m.test(stderr);
    if (exitCode === 0 && verb === 'connect' && hasCreated && !(await isMarkedIn(place)))
      throw new Broken('connect created a service, and left no mark that it did.');
    const remains = (await servicesThere()).some(({ id }) => before.some((each) => each.id === id));
    if (exitCode === 0 && verb === 'disconnect' && lag > 0 && remains) {
      // The cloud may not have shown the mark.
      clock.advance(lag);
      await observed(async () => run(line, []));
    }
    if (exitCode === 0 && verb === 'disconnect')
      for (const { id } of before)
        await checkRemoved(id, wasMarked.includes(id), wasLeaving.includes(id), isKept(id));
    const isGone = line.startsWith('disconnect') && exitCode === 3;
    if (exitCode === 0 || isGone || (others && [2, 5].includes(exitCode))) return;
    throw new Broken(`atlas-pe ${line} does not end, even without trouble.`);
  };

  /** A connect that ends with 0 has connected something. */
  const checkConnected = async (region: string) => {
    const service = (await servicesThere()).find(
      (each) => regionOf(each) === region && each.portMappingEnabled === (provider === 'GCP'),
    );
    const there = service ? attachedTo(service, clock.now()) : [];
    if (!service || !there.some((each) => attachmentStatus(service, each, clock.now()) === 'AVAILABLE'))
      throw new Broken(`connect ${region} ended with 0, and nothing is connected.`);
  };

  /** What is complete stays as it is. */
  const checkComplete = async (line: string) => {
    const { exitCode, changes } = await run(line, []);
    if (exitCode === 0 && changes.length > 0)
      throw new Broken(`It was complete, and still it sent ${changes.join(', ')}.`);
  };

  /** A region with a service of the older kind, which is converted. */
  let converted: string | undefined;
  const convert = (region: string) => `convert ${region} --yes`;

  try {
    if (cloud.createOlder && chance(0.3)) {
      converted = regions[0];
      const { atlasRegion } = parseRegion(provider, converted);
      const about = { store, baseUrl, now: () => clock.now(), random: draw, region: converted, atlasRegion };
      await cloud.createOlder({ ...about, advance: () => clock.advance(100_000 + lag) });
      steps.push(`${converted} has a service without port mapping, and somebody's rules for it`);
    }
    for (let count = 3 + whole(4); count > 0; count--) {
      const region = pick(regions);
      if (converted === undefined && chance(0.2)) {
        const trouble = drawTrouble('disconnect').filter(({ what }) => what !== 'cluster deleted');
        const working = (await sharedConnections()).map(({ id }) => id);
        let exitCode = 0;
        await observed(async () => {
          ({ exitCode } = await run(disconnectAll, trouble));
        });
        if (exitCode !== 0 && chance(0.6)) await complete(disconnectAll, true);
        const still = (await sharedConnections()).map(({ id }) => id);
        const lost = working.find((id) => !still.includes(id));
        if (lost !== undefined) throw new Broken(`${lost} is gone, although a second cluster needs it.`);
        continue;
      }
      if (converted === undefined && chance(0.2)) {
        for (const each of regions) last.set(each, 'connect');
        let exitCode = 0;
        await observed(async () => {
          ({ exitCode } = await run(connectAll, drawTrouble('connect')));
        });
        if (exitCode === 0) for (const each of regions) await checkConnected(each);
        else if (chance(0.6)) await complete(connectAll, foreign.length > 0);
        continue;
      }
      if (chance(0.25)) {
        if (converted === undefined) await intrude();
        await checkOnce();
      } else if (chance(0.15)) {
        await deleteByHand();
      }
      if (region === converted) {
        await observed(async () => run(convert(region), drawTrouble('connect')));
        continue;
      }
      const verb = last.get(region) === 'connect' && chance(0.5) ? 'disconnect' : 'connect';
      last.set(region, verb);
      const line = verb === 'connect' ? connect(region) : await disconnect(region);
      let exitCode = 0;
      await observed(async () => {
        ({ exitCode } = await run(line, drawTrouble(verb)));
      });
      if (verb === 'connect' && exitCode === 0) await checkConnected(region);
      // At once, while the cloud may not show yet what the first run did.
      if (exitCode !== 0 && chance(0.6)) await complete(line, foreign.length > 0);
    }
    if (converted !== undefined) {
      await complete(convert(converted), foreign.length > 0);
      await complete(`${convert(converted)} --finish`, foreign.length > 0);
      if ((await servicesThere()).some((each) => !each.portMappingEnabled))
        throw new Broken('The older service is still there.');
      last.set(converted, 'disconnect');
    }
    for (const [region, verb] of last) {
      const isShared = () => foreign.length > 0;
      if (verb === 'connect') {
        await complete(connect(region), isShared());
        if (!isShared()) await checkConnected(region);
        await checkComplete(connect(region));
      }
      await complete(await disconnect(region), isShared());
      // What is left of a service that is gone, which the first one only notes.
      await complete(await disconnect(region), isShared());
    }
    // Where others still use a service, what is left of an earlier one is removed by its id, as a note says.
    const services = (await servicesThere()).map(({ id }) => id);
    const leftovers = new Set(cloud.holdings(await view()).ours.map(({ serviceId }) => serviceId));
    for (const id of leftovers)
      if (!services.includes(id))
        for (const region of regions) await complete(`disconnect ${id} --region ${region} --yes`, false);
    const { ours } = cloud.holdings(await view());
    const [left] = ours;
    if (left) throw new Broken(`disconnect left ${left.kind} ${left.id}.`);
    // Those without a mark, as the hint of disconnect says.
    for (const { id } of await servicesThere()) if (!isUsed(id)) await complete(`delete ${id} --yes --wait`, false);
    return { steps, broken: undefined };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { steps, broken: error.message };
  } finally {
    restore();
    await sandbox.close();
  }
}

function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.find((line) => line.startsWith('Error:')) ?? lines.at(-1) ?? '').slice(0, 200);
}
