import { Command } from '@commander-js/extra-typings';
import { version } from '../package.json';
import { declareConfig } from './program/config.js';
import { declareCredentials } from './program/credentials.js';
import { declareEndpoints } from './program/endpoints.js';
import { declareInterfaces } from './program/interfaces.js';
import { declareProjects } from './program/projects.js';
import { declareSandbox } from './program/sandbox.js';
import { examples, type Open } from './program/shared.js';

/** Where help is shown. */
interface Screen {
  width: number;
  write(text: string): void;
}

/** The whole command tree. A command's module is loaded when it is dispatched, so that none pays for the others. */
export function createProgram(screen: Screen, open: Open) {
  const program = new Command('atlas-pe')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => screen.write(text),
      // What is wrong is thrown, and printed once by main.
      writeErr: () => undefined,
      getOutHelpWidth: () => screen.width,
    })
    .configureHelp({ minWidthToWrap: 20 })
    .description('MongoDB Atlas private endpoints from the terminal and from scripts.')
    .version(version, '--version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .helpCommand('help [command...]', 'Show help for a command')
    .addHelpText(
      'after',
      `\nEvery command also takes --project, --profile, --sandbox, --output, --json, --fields,\n` +
        `--quiet, --verbose and --no-color: see atlas-pe help list\n${examples('--sandbox create --region us-east-1 --wait', 'list --json', 'wait us-east-1 --timeout 20m')}`,
    );

  declareEndpoints(program, open);
  declareInterfaces(program, open);
  declareProjects(program, open);
  declareCredentials(program, open);
  declareConfig(program, open);
  declareSandbox(program, open);
  return program;
}
