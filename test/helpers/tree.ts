import { tree } from '../../src/cli/tree.js';
import { type CommandGroup, type Definition, isGroup } from '../../src/command.js';

function walk(
  branches: readonly (Definition | CommandGroup)[],
  nouns: readonly string[],
): [string[], Definition | CommandGroup][] {
  return branches.flatMap((branch): [string[], Definition | CommandGroup][] => {
    const path = [...nouns, branch.name];
    return [[path, branch], ...(isGroup(branch) ? walk(branch.commands, path) : [])];
  });
}

/** All groups and commands of the program, each with its path: `['interface', 'add']`. */
export const branches = walk(tree, []);

export const commands = branches.filter((each): each is [string[], Definition] => !isGroup(each[1]));
