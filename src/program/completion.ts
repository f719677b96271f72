import { type Branch, everywhere, leaf, run } from './shared.js';

/** completion. */
export const completion = [
  leaf(
    'completion',
    'Print the script by which a shell completes command lines',
    ['completion bash', 'completion fish | source'],
    (command, open) =>
      everywhere(command.argument('[shell]', 'bash, zsh, fish or powershell')).action(async (shell, options) => {
        const { completion } = await import('../cli/completion/command.run.js');
        // Start-up files evaluate it: no output that is set, and no configuration that is broken, may come between.
        const output = options.output ?? (options.json ? 'json' : 'table');
        const sandbox = options.sandbox ?? options.profile === undefined;
        await run(open, { ...options, output, sandbox, shell }, completion);
      }),
  ),
] satisfies Branch[];
