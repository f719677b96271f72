import { tree } from '../../src/cli/tree.js';
import { type Definition, type Group, isGroup } from '../../src/command.js';

function walk(branches: readonly (Definition | Group)[], nouns: readonly string[]): [string[], Definition | Group][] {
  return branches.flatMap((branch): [string[], Definition | Group][] => {
    const path = [...nouns, branch.name];
    return [[path, branch], ...(isGroup(branch) ? walk(branch.commands, path) : [])];
  });
}

/** All groups and commands of the program, each with its path: `['interface', 'add']`. */
export const branches = walk(tree, []);

export const commands = branches.filter((each): each is [string[], Definition] => !isGroup(each[1]));
