import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

/** A fenced block of README, and the heading that it stands under. */
export interface Block {
  heading: string;
  language: string;
  text: string;
}

export const blocks: readonly Block[] = readBlocks();

function readBlocks(): Block[] {
  const found: Block[] = [];
  let heading = '';
  for (const [, title, language, text] of readme.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else found.push({ heading, language: language ?? '', text: text ?? '' });
  }
  return found;
}
