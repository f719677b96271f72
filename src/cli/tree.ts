import type { CommandGroup, Definition } from '../command.js';
import { commands } from '../commands/all.js';
import { completion } from './completion/command.js';
import { help } from './help/command.js';
import { version } from './version.js';

/** All commands, by their heading in help. */
export const headings: Readonly<Record<string, readonly (Definition | CommandGroup)[]>> = {
  ...commands,
  Help: [completion, help, version],
};

/** All commands, without headings. */
export const tree: readonly (Definition | CommandGroup)[] = Object.values(headings).flat();
