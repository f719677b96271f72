import { createInterface } from 'node:readline';
import { addAbortSignal, Writable } from 'node:stream';
import { InterruptedError } from '../errors.js';
import type { Streams } from '../system.js';
import { prose } from './streams.js';

/** Asks a question that only "y" or "yes" answers with yes. Throws an InterruptedError on Ctrl-C. */
export async function confirm(streams: Streams, question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await ask(streams, `${question} [y/N]`, signal, false);
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a line of text. Throws an InterruptedError on Ctrl-C. */
export async function askText(streams: Streams, question: string, signal: AbortSignal): Promise<string> {
  return (await ask(streams, `${question}:`, signal, false)).trim();
}

/** Asks for a secret; what is typed is not shown. Throws an InterruptedError on Ctrl-C. */
export function askSecret(streams: Streams, question: string, signal: AbortSignal): Promise<string> {
  return ask(streams, `${question}:`, signal, true);
}

/** The rest of a pipe, without the line break at its end. */
export async function readPiped({ stdin }: Streams, signal: AbortSignal): Promise<string> {
  let text = '';
  try {
    for await (const chunk of addAbortSignal(signal, stdin.setEncoding('utf8'))) text += chunk;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return text.replace(/\r?\n$/, '');
}

/** A stream for what nobody is to see. */
export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

async function ask(
  { stdin, stderr }: Streams,
  question: string,
  signal: AbortSignal,
  isHidden: boolean,
): Promise<string> {
  signal.throwIfAborted();
  // Readline draws the last line anew with what was typed, and knows of no other.
  const [, above = '', last = ''] = /^([\s\S]*\n)?(.*)$/.exec(prose(question, stderr).trimEnd()) ?? [];
  const reader = createInterface({
    input: stdin,
    output: isHidden ? nowhere() : stderr,
    terminal: true,
    prompt: `${last} `,
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      let isOver = false;
      const show = () => {
        stderr.write(isHidden ? `${above}${last} ` : above);
        reader.prompt(true);
      };
      const end = (settle: () => void, isOnNewLine = false) => {
        if (isOver) return;
        isOver = true;
        if (!isOnNewLine) stderr.write('\n');
        settle();
      };
      const interrupt = () => end(() => reject(signal.aborted ? signal.reason : new InterruptedError('SIGINT')));
      reader.once('line', (line) => end(() => resolve(line), !isHidden));
      // In raw mode Ctrl-C is a key and no signal.
      reader.once('SIGINT', interrupt);
      signal.addEventListener('abort', interrupt, { once: true });
      reader.once('close', () => end(() => resolve('')));
      // After a suspension (Ctrl-Z, fg) readline pauses its input, which takes effect a tick later; then it can go on.
      reader.on('SIGCONT', () =>
        setImmediate(() => {
          if (isOver) return;
          reader.resume();
          show();
        }),
      );
      // Only now, in raw mode: what is typed from here on is not echoed by the terminal itself.
      show();
    });
  } finally {
    reader.close();
  }
}
