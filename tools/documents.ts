/*
 * Writes files of the package from the command definitions: the man page, and the help of each command and topic, 80
 * columns wide. The program can show this help without loading the parser.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandHelp, topicHelp } from '../src/cli/help/page.js';
import { helpFile, helpWidth } from '../src/cli/help/written.js';
import type { Line } from '../src/cli/line.js';
import { createProgram } from '../src/cli/parser.js';
import { type TopicName, topicNames } from '../src/cli/tree.js';
import { manPage } from './man-page.js';

function writeHelp(line: Line): void {
  write(join('dist', helpFile(line.path)), commandHelp(line, helpWidth));
  for (const each of line.commands) writeHelp(each);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

writeHelp(createProgram());
for (const name of Object.keys(topicNames) as TopicName[])
  write(join('dist', helpFile([name])), topicHelp(name, helpWidth));
write('dist/atlas-pe.1', manPage());
