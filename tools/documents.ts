/*
 * Writes what the build derives from the command tree: the help of each command and topic as it stands 80 columns wide, so
 * that showing it takes no tree, and the man page.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { type TopicName, topicNames } from '../src/cli/help/names.js';
import { topicHelp } from '../src/cli/help/page.js';
import { helpFile, helpWidth } from '../src/cli/help/written.js';
import { createProgram } from '../src/program.js';
import { manPage } from './man-page.js';

/** The help text of a command, with what stands after it. */
function helpOf(command: CommandUnknownOpts): string {
  text = '';
  command.outputHelp();
  return text;
}

let text = '';
const screen = {
  width: helpWidth,
  write: (more: string) => {
    text += more;
  },
};
const program = createProgram(screen, () => Promise.reject(new Error('Help runs no command.')));

function writeHelp(command: CommandUnknownOpts, path: readonly string[]): void {
  write(helpFile(path), helpOf(command));
  for (const each of command.commands) writeHelp(each, [...path, each.name()]);
}

function write(file: string, content: string): void {
  const path = join('dist', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

writeHelp(program, []);
for (const name of Object.keys(topicNames) as TopicName[]) write(helpFile([name]), topicHelp(name, helpWidth));
write('atlas-pe.1', manPage(program));
