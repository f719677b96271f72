import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../package.json' with { type: 'json' };
import { temporaryFolder, writeFiles } from './helpers/temporary-folder.js';

/* What the workflows of GitHub give to code of others. */

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  steps?: Step[];
  env?: Record<string, string>;
  environment?: string;
  permissions?: Record<string, string>;
}

const folder = new URL('../.github/workflows/', import.meta.url);
const jobs = readdirSync(folder).flatMap((file) => {
  const workflow = parse(readFileSync(new URL(file, folder), 'utf8')) as { jobs: Record<string, Job> };
  return Object.values(workflow.jobs);
});
const steps = jobs.flatMap((job) => job.steps ?? []);

test('an action of others is pinned by its commit, and the image below ours by its digest', () => {
  const theirs = steps.flatMap(({ uses = './' }) => (uses.startsWith('./') ? [] : uses));
  expect(theirs.length).toBeGreaterThan(9);
  expect(theirs.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  const image = readFileSync(new URL('../Dockerfile', folder), 'utf8');
  expect(image.match(/^FROM .*/gm)).toEqual([expect.stringMatching(/@sha256:[0-9a-f]{64}$/)]);
});

test('no checkout keeps the token', () => {
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(new Set(checkouts.map((step) => step.with?.['persist-credentials']))).toEqual(new Set([false]));
});

test('no dependency runs a script when it is installed', () => {
  const installs = steps.filter(({ run }) => /npm (?:ci|install)/.test(run ?? ''));
  expect(new Set(installs.map(({ run }) => run))).toEqual(new Set(['npm ci --ignore-scripts']));
  const all = jobs.filter((job) => job.steps?.some(({ run }) => run === '.ci/run'));
  expect(all.map(({ env }) => env?.npm_config_ignore_scripts)).toEqual(['true']);
});

test('actionlint finds nothing (skipped without it)', ({ skip }) => {
  const { error, stdout } = spawnSync('actionlint', {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });
  if (error) skip();
  expect(stdout).toBe('');
});

test('the jobs that may write run no code of this repository; only what publishes has a token', () => {
  const writing = jobs.filter(({ permissions = {} }) => Object.values(permissions).includes('write'));
  expect(writing).toHaveLength(2);
  for (const { steps: own = [], ...job } of writing) {
    expect(
      own.filter(({ uses = '', run = '' }) => /checkout|^\.\//.test(uses) || /npm (?!publish)/.test(run)),
    ).toEqual([]);
    const withToken = own.filter((step) => /token|secrets/.test(JSON.stringify(step)));
    expect(withToken.map(({ name }) => name)).toEqual(['Publish']);
    expect(JSON.stringify({ ...job, permissions: {} })).not.toMatch(/token|secrets/);
  }
  const others = jobs.filter((job) => !writing.includes(job));
  expect(others.filter((job) => /token|secrets/.test(JSON.stringify(job)))).toMatchObject([{ environment: 'live' }]);
});

test('the list of libraries has the package, what is bundled and what is installed with it', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const argv = ['--import', 'tsx', 'tools/sbom.ts'];
  const { metadata, components } = JSON.parse(
    spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' }).stdout,
  );
  expect(metadata.component).toMatchObject({ name: 'atlas-pe', version });
  const scopes = new Map(components.map(({ name, scope }: Record<string, string>) => [name, scope]));
  const some = ['undici', '@napi-rs/keyring', 'vitest'].map((name) => scopes.get(name));
  expect(some).toEqual(['required', 'optional', undefined]);
});

test('the archive of a release has the executable where the hint of doctor --via looks for it', () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'dist-executable/atlas-pe': 'program' });
  const [packing = ''] = steps.flatMap(({ run = '' }) => (run.startsWith('tar -c') ? run : []));
  const script = `${packing.replaceAll(/\$\{\{.*?\}\}/g, 'linux_amd64')}; tar -xzf atlas-pe_linux_amd64.tar.gz ./atlas-pe`;
  expect(spawnSync('bash', ['-ec', script], { cwd: folder, encoding: 'utf8' })).toMatchObject({ status: 0 });
  expect(readFileSync(join(folder, 'atlas-pe'), 'utf8')).toBe('program');
});

test('the files for Homebrew and Scoop have the address and the sum of each archive', () => {
  const folder = temporaryFolder();
  const names = ['darwin_arm64', 'darwin_amd64', 'linux_arm64', 'linux_amd64', 'windows_amd64'];
  writeFiles(folder, Object.fromEntries(names.map((name) => [`atlas-pe_${name}.tar.gz`, name])));
  const script = fileURLToPath(new URL('../tools/package-managers.ts', import.meta.url));
  expect(spawnSync(process.execPath, ['--import', 'tsx', script, folder], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
  const base = `https://github.com/atlas-pe/atlas-pe/releases/download/v${version}/atlas-pe`;
  const pairs = names.map((name) => [`${base}_${name}.tar.gz`, createHash('sha256').update(name).digest('hex')]);
  const formula = readFileSync(join(folder, 'atlas-pe.rb'), 'utf8');
  const pairsOf = [...formula.matchAll(/url "(.*)"\n\s+sha256 "(.*)"/g)].map(([, url, sum]) => [url, sum]);
  expect(pairsOf).toEqual(pairs.slice(0, 4));
  expect(formula).toContain(`version "${version}"`);
  const { architecture } = JSON.parse(readFileSync(join(folder, 'atlas-pe.json'), 'utf8'));
  expect([[architecture['64bit'].url, architecture['64bit'].hash]]).toEqual(pairs.slice(4));
});
