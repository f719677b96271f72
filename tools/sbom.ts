/*
 * Prints what the program contains, as CycloneDX: the libraries that dist/LICENSES.txt lists, which are bundled, and those
 * that npm installs with the package.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  scope?: string;
}
interface Sbom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

function npmSbom(...options: string[]): Sbom {
  const argv = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', ...options];
  return JSON.parse(execFileSync('npm', argv, { encoding: 'utf8', maxBuffer: 2 ** 26 }));
}

const bundled = new Set(
  [...readFileSync('dist/LICENSES.txt', 'utf8').matchAll(/^(\S+) (\d+\.\d+\.\d+\S*) \(.*\)$/gm)].map(
    ([, name, version]) => `${name}@${version}`,
  ),
);
const { components: installed } = npmSbom('--omit=dev');
const all = npmSbom();
const included = all.components.flatMap((component) => {
  const isInstalled = installed.some((each) => each['bom-ref'] === component['bom-ref']);
  const isBundled = bundled.has(`${component.name}@${component.version}`);
  return isInstalled || isBundled ? { ...component, scope: isBundled ? 'required' : 'optional' } : [];
});
// npm takes the name of the folder.
all.metadata.component.name = manifest.name;
const root = all.dependencies[0]?.ref;
const refs = new Set([root, ...included.map((each) => each['bom-ref'])]);
const dependencies = all.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
process.stdout.write(`${JSON.stringify({ ...all, components: included, dependencies }, null, 2)}\n`);
