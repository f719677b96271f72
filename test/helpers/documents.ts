import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

export const readme = read('README.md');

/** The README and the handwritten pages of docs/, by path. reference.md is generated. */
export const pages: ReadonlyMap<string, string> = new Map(
  [
    'README.md',
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md') && name !== 'reference.md')
      .map((name) => `docs/${name}`),
  ].map((path) => [path, read(path)]),
);

/** A fenced block of a page, and its heading. */
export interface Block {
  /** The name of the page and the heading, for example `waiting: Interface endpoints`. */
  section: string;
  language: string;
  text: string;
}

export const blocks: readonly Block[] = [...pages].flatMap(([path, page]) => readBlocks(basename(path, '.md'), page));

function readBlocks(name: string, page: string): Block[] {
  const found: Block[] = [];
  let section = name;
  for (const [, title, language, text] of page.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) section = `${name}: ${title}`;
    else found.push({ section, language: language ?? '', text: text ?? '' });
  }
  return found;
}
