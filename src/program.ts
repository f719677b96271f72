import { Command, type OptionValues } from '@commander-js/extra-typings';
import { version } from '../package.json';
import type { Context, Globals } from './context.js';
import { formats } from './formats.js';

/** Makes the context of the one command that a command line names. */
export type Open = (globals: Globals) => Promise<Context>;

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  $ atlas-pe ${line}`).join('\n')}\n`;

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

  everywhere(
    leaf(program, 'create', 'Request a private endpoint service')
      .option('--region <region>', 'region of the cloud, needed: us-east-1 or US_EAST_1')
      .option('--provider <provider>', 'aws, azure or gcp (default: aws)')
      .option('--wait', 'wait until it is ready')
      .option('--until <status>', 'wait until this status (default: ready); implies --wait')
      .option('--timeout <duration>', 'wait this long at most (default: 1h); implies --wait')
      .option('--if-not-exists', 'where the region has one already, return that one')
      .option('--dry-run', 'print the request, send nothing')
      .addHelpText(
        'after',
        examples('create --region us-east-1', 'create --region eu-west-1 --if-not-exists --wait --json'),
      ),
  ).action(async (options) => {
    const { create } = await import('./commands/create.js');
    await run(open, options, create);
  });

  everywhere(
    leaf(program, 'get', 'Show one private endpoint')
      .argument('[endpoint]', 'id, region or Terraform import id (default: the only one there is)')
      .option('--provider <provider>', 'only endpoints of this cloud: aws, azure or gcp')
      .option('--region <region>', 'only endpoints in this region')
      .addHelpText('after', examples('get us-east-1', 'get us-east-1 --json | jq -r .endpointServiceName')),
  ).action(async (endpoint, options) => {
    const { get } = await import('./commands/get.js');
    await run(open, { ...options, endpoint }, get);
  });

  everywhere(
    leaf(program, 'list', 'List the private endpoints of a project')
      .option('--provider <provider>', 'only endpoints of this cloud: aws, azure or gcp')
      .option('--region <region>', 'only endpoints in this region')
      .option('--status <status>', 'only endpoints with this status, or ready')
      .addHelpText(
        'after',
        examples('list', 'list --status failed --output id', 'list --fields id,status --output tsv'),
      ),
  ).action(async (options) => {
    const { list } = await import('./commands/list.js');
    await run(open, options, list);
  });

  everywhere(
    leaf(program, 'delete', 'Delete a private endpoint service')
      .argument('[endpoint]', 'id, region or Terraform import id (default: the only one there is)')
      .option('--provider <provider>', 'only endpoints of this cloud: aws, azure or gcp')
      .option('--region <region>', 'only endpoints in this region')
      .option('-y, --yes', 'do not ask; needed where there is no terminal')
      .option('--wait', 'wait until it is gone')
      .option('--timeout <duration>', 'wait this long at most (default: 1h); implies --wait')
      .option('--if-exists', 'where there is none, that is fine')
      .addHelpText('after', examples('delete us-east-1', 'delete us-east-1 --yes --wait --if-exists')),
  ).action(async (endpoint, options) => {
    const { deleteEndpoint } = await import('./commands/delete.js');
    await run(open, { ...options, endpoint }, deleteEndpoint);
  });

  everywhere(
    leaf(program, 'wait', 'Wait until private endpoints reach a status')
      .usage('[options] [endpoint...]\n       atlas-pe wait until <status> [options] [endpoint...]')
      .argument('[endpoint...]', 'ids, regions or Terraform import ids (default: the only one there is)')
      .option('--until <status>', 'ready, a status or DELETED (default: ready)')
      .option('--timeout <duration>', 'wait this long at most (default: 1h)')
      .option('--provider <provider>', 'only endpoints of this cloud: aws, azure or gcp')
      .option('--region <region>', 'only endpoints in this region')
      .addHelpText('after', examples('wait us-east-1 --until ready --timeout 20m', 'wait until WAITING_FOR_USER')),
  ).action(async (args, options) => {
    const { wait } = await import('./commands/wait.js');
    await run(open, { ...options, args }, wait);
  });

  const config = program
    .command('config')
    .description('Settings and credentials that are kept')
    .helpOption('-h, --help', 'Show help');

  everywhere(
    leaf(config, 'set', 'Keep a setting; a secret is asked for or read from a pipe')
      .argument('<name>', 'project, provider, output, base-url, public-key, private-key, …')
      .argument('[value]', 'its value; never that of a secret')
      .addHelpText(
        'after',
        examples('config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'),
      ),
  ).action(async (name, value, options) => {
    const { set } = await import('./commands/config/set.js');
    await run(open, { ...options, name, value }, set);
  });

  everywhere(
    leaf(config, 'get', 'Print the value of a setting')
      .argument('<name>')
      .addHelpText('after', examples('config get project --output id')),
  ).action(async (name, options) => {
    const { getSetting } = await import('./commands/config/get.js');
    await run(open, { ...options, name }, getSetting);
  });

  everywhere(
    leaf(config, 'unset', 'Remove a setting')
      .argument('<name>')
      .addHelpText('after', examples('config unset private-key')),
  ).action(async (name, options) => {
    const { unset } = await import('./commands/config/unset.js');
    await run(open, { ...options, name }, unset);
  });

  everywhere(
    leaf(config, 'list', 'List all settings')
      .option('--show-origin', 'show where each value comes from')
      .addHelpText('after', examples('config list --show-origin')),
  ).action(async (options) => {
    const { listSettings } = await import('./commands/config/list.js');
    await run(open, options, listSettings);
  });

  everywhere(
    leaf(config, 'path', 'Print where settings are kept').addHelpText('after', examples('config path')),
  ).action(async (options) => {
    const { path } = await import('./commands/config/path.js');
    await run(open, options, path);
  });

  const sandbox = program
    .command('sandbox')
    .description('The built-in Atlas: no account, no network')
    .helpOption('-h, --help', 'Show help');

  everywhereButProject(
    leaf(sandbox, 'serve', 'Run it as a server for other programs; it starts empty')
      .option('--port <port>', 'port on 127.0.0.1 (default: a free one)')
      .option('--ready-after <duration>', 'time from create to ready, or realistic (default: 5s)')
      .option('--ready-status <status>', 'WAITING_FOR_USER or AVAILABLE (default: WAITING_FOR_USER)')
      .option('--rate-limit <limit>', 'requests a minute, or as in 5/10s (default: more than anyone needs)')
      .option('--project <id...>', 'the projects that exist (default: 64f0c2a7e1b2c3d4e5f60718)')
      .addHelpText(
        'after',
        examples('sandbox serve --port 8080 --ready-after realistic', 'sandbox serve > sandbox.env &'),
      ),
  ).action(async ({ project, ...options }) => {
    const { serve } = await import('./commands/sandbox/serve.js');
    await run(open, { ...options, projects: project }, serve);
  });

  everywhere(
    leaf(sandbox, 'reset', 'Empty the sandbox of --sandbox')
      .option('--ready-after <duration>', 'time from create to ready, or realistic (default: 5s)')
      .option('--ready-status <status>', 'WAITING_FOR_USER or AVAILABLE (default: WAITING_FOR_USER)')
      .addHelpText('after', examples('sandbox reset', 'sandbox reset --ready-status AVAILABLE --ready-after 1s')),
  ).action(async (options) => {
    const { reset } = await import('./commands/sandbox/reset.js');
    await run(open, options, reset);
  });

  everywhere(
    leaf(sandbox, 'status', 'Show what the sandbox of --sandbox holds').addHelpText(
      'after',
      examples('sandbox status'),
    ),
  ).action(async (options) => {
    const { status } = await import('./commands/sandbox/status.js');
    await run(open, options, status);
  });

  return program;
}

function leaf(parent: Command, name: string, summary: string) {
  return parent
    .command(name)
    .description(summary)
    .helpOption('-h, --help', 'Show help')
    .version(version, '--version', 'Print the version');
}

/** Adds the options that every command has. */
function everywhere<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return everywhereButProject(
    command.optionsGroup('Everywhere:').option('--project <id>', 'id or name of the Atlas project'),
  );
}

function everywhereButProject<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return command
    .optionsGroup('Everywhere:')
    .option('--profile <name>', 'profile of the configuration')
    .option('--sandbox', 'use the built-in Atlas')
    .option('-o, --output <format>', formats.join(', '))
    .option('--json', 'the same as --output json')
    .option('--fields <names>', 'only these keys or columns, by commas')
    .option('-q, --quiet', 'no progress, no hints')
    .option('-v, --verbose', 'show each request on stderr')
    .option('--no-color', 'no colour');
}

async function run<T extends Globals>(
  open: Open,
  options: T,
  command: (context: Context, options: T) => Promise<void>,
): Promise<void> {
  const context = await open(options);
  try {
    await command(context, options);
  } finally {
    await context.close();
  }
}
