import { type Branch, everywhere, everywhereButProject, group, leaf, run } from './shared.js';

/** What kind of world it is. */
const world = {
  readyAfter: ['--ready-after <duration>', 'time from create to ready, or realistic (default: 5s)'],
  cluster: ['--cluster <name:region,...>', 'clusters of each project (default: Cluster0:us-east-1)'],
  lastTakesService: ['--last-takes-service', 'removing the last interface endpoint removes the private endpoint too'],
} as const;

/** As what it is ready: the live API's answer where other programs ask, the documentation's with --sandbox. */
const readyStatus = (usual: string) =>
  ['--ready-status <status>', `WAITING_FOR_USER or AVAILABLE (default: ${usual})`] as const;

/** sandbox. */
export const sandbox = [
  group(
    'sandbox',
    'The built-in Atlas: no account, no network',
    ['sandbox status', 'sandbox serve > sandbox.env &'],
    [
      leaf(
        'serve',
        'Run it as a server for other programs; it starts empty',
        ['sandbox serve --port 8080 --ready-after realistic', 'sandbox serve > sandbox.env &'],
        (command, open) =>
          everywhereButProject(
            command
              .option('--port <port>', 'port on 127.0.0.1 (default: a free one)')
              .option(...world.readyAfter)
              .option(...readyStatus('AVAILABLE'))
              .option(...world.cluster)
              .option(...world.lastTakesService)
              .option('--rate-limit <limit>', 'requests a minute, or as in 5/10s (default: more than anyone needs)')
              .option('--faults <file>', 'YAML: what goes wrong with which requests')
              .option('--project <id,...>', 'the projects that exist (default: 64f0c2a7e1b2c3d4e5f60718)')
              .option('--projects <count>', 'this many more projects, up to 2000'),
          ).action(async ({ project, ...options }) => {
            const { serve } = await import('../commands/sandbox/serve.run.js');
            await run(open, { ...options, projectIds: project }, serve);
          }),
      ),
      leaf(
        'reset',
        'Empty the saved sandbox',
        ['sandbox reset', 'sandbox reset --ready-status AVAILABLE --ready-after 1s'],
        (command, open) =>
          everywhere(
            command
              .option(...world.readyAfter)
              .option(...readyStatus('WAITING_FOR_USER'))
              .option(...world.cluster)
              .option(...world.lastTakesService),
          ).action(async (options) => {
            const { reset } = await import('../commands/sandbox/reset.run.js');
            await run(open, options, reset);
          }),
      ),
      leaf('status', 'Show what the saved sandbox holds', ['sandbox status'], (command, open) =>
        everywhere(command).action(async (options) => {
          const { status } = await import('../commands/sandbox/status.run.js');
          await run(open, options, status);
        }),
      ),
    ],
  ),
] satisfies Branch[];
