import { createInterface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { codeOf, InterruptedError, reasonOf, UsageError } from '../base/errors.js';
import type { Streams } from '../base/host.js';
import { readAll } from '../base/read-text.js';
import { prose } from './streams.js';

/** What is asked in a terminal. Each question throws an InterruptedError on Ctrl-C. */
export interface Questions {
  /** Asks for a line of text. */
  text(question: string, how?: Asking): Promise<string>;
  /** Asks for a secret; what is typed is not shown. */
  secret(question: string): Promise<string>;
  /** Asks a question that only "y" or "yes" answers with yes. */
  confirm(question: string): Promise<boolean>;
  /**
   * Runs work that asks several questions. What is typed ahead of a question is not shown before that question is
   * asked.
   */
  together<T>(work: () => Promise<T>): Promise<T>;
}

export interface Asking {
  /** The last answer was wrong, so what was typed ahead was meant for another question. */
  isAgain?: boolean;
}

const [ctrlC, newline, enter] = [0x03, 0x0a, 0x0d];

/**
 * Readline reads all that there is, and shows it: given more than one line at once, such as a pasted id with its
 * secret, it shows and loses what follows the first. So it is given one line a question; the rest is kept for the next
 * question. With `tell`, that shows each question, and nothing is written to stderr.
 */
export function createQuestions(
  { stdin, stderr }: Streams,
  signal: AbortSignal,
  tell?: (question: string) => void,
): Questions {
  let typedAhead = Buffer.alloc(0);
  /** What the question that waits for its answer reads. */
  let keys: PassThrough | undefined;
  let depth = 0;

  const setRawMode = (isRaw: boolean) => stdin.setRawMode?.(isRaw);
  const feed = (typed: Buffer | string) => {
    typedAhead = Buffer.concat([typedAhead, Buffer.from(typed)]);
    // In a terminal Ctrl-C discards what was typed before it.
    const interrupt = typedAhead.lastIndexOf(ctrlC);
    if (interrupt > 0) typedAhead = typedAhead.subarray(interrupt);
    if (!keys) return;
    const end = typedAhead.findIndex((byte) => byte === enter || byte === newline) + 1 || undefined;
    const line = typedAhead.subarray(0, end);
    const isTwo = end !== undefined && typedAhead[end - 1] === enter && typedAhead[end] === newline;
    typedAhead = end === undefined ? Buffer.alloc(0) : typedAhead.subarray(isTwo ? end + 1 : end);
    const answered = keys;
    if (end !== undefined) keys = undefined;
    answered.write(line);
  };
  const endKeys = () => keys?.end();

  const together = async <T>(work: () => Promise<T>): Promise<T> => {
    if (depth++ === 0) {
      setRawMode(true);
      stdin.on('data', feed).on('end', endKeys).resume();
    }
    try {
      return await work();
    } finally {
      if (--depth === 0) {
        stdin.off('data', feed).off('end', endKeys).pause();
        setRawMode(false);
      }
    }
  };

  const ask = (question: string, isHidden: boolean): Promise<string> =>
    together(async () => {
      signal.throwIfAborted();
      // Readline draws the last line anew with what was typed, and knows of no other.
      const [, above = '', last = ''] = /^([\s\S]*\n)?(.*)$/.exec(prose(question, stderr).trimEnd()) ?? [];
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      let isOver = false;
      // Readline leaves raw mode for a suspension, and at its end, when another question may follow.
      const input = Object.assign(new PassThrough(), {
        setRawMode: (isRaw: boolean) => (isOver ? undefined : setRawMode(isRaw)),
      });
      const reader = createInterface({
        input,
        output: isHidden || tell ? nowhere : stderr,
        terminal: true,
        prompt: `${last} `,
      });
      keys = input;
      try {
        return await new Promise<string>((resolve, reject) => {
          const show = () => {
            if (tell) tell(question);
            else stderr.write(isHidden ? `${above}${last} ` : above);
            reader.prompt(true);
          };
          const end = (settle: () => void, isOnNewLine = false) => {
            if (isOver) return;
            isOver = true;
            if (!isOnNewLine && !tell) stderr.write('\n');
            settle();
          };
          const interrupt = () => end(() => reject(signal.aborted ? signal.reason : new InterruptedError('SIGINT')));
          reader.once('line', (line) => end(() => resolve(line), !isHidden));
          // In raw mode Ctrl-C is a key and no signal.
          reader.once('SIGINT', interrupt);
          signal.addEventListener('abort', interrupt, { once: true });
          reader.once('close', () => end(() => resolve('')));
          // After a suspension (Ctrl-Z, fg) readline pauses its input, which takes effect a tick later; then it can go
          // on.
          reader.on('SIGCONT', () =>
            setImmediate(() => {
              if (isOver) return;
              reader.resume();
              show();
            }),
          );
          // Only now, in raw mode: what is typed from here on is not echoed by the terminal itself.
          show();
          feed('');
          if (stdin.readableEnded) endKeys();
        });
      } finally {
        keys = undefined;
        reader.close();
      }
    });

  return {
    text: async (question, { isAgain = false } = {}) => {
      if (isAgain) typedAhead = Buffer.alloc(0);
      return (await ask(`${question}:`, false)).trim();
    },
    secret: (question) => ask(`${question}:`, true),
    confirm: async (question) => /^y(es)?$/i.test((await ask(`${question} [y/N]`, false)).trim()),
    together,
  };
}

/** No credential is longer. */
const mostPiped = 65_536;

/**
 * The rest of a pipe, without the line break at its end. Throws a usage error where it can't be read, or never ends.
 */
export async function readPiped({ stdin }: Streams, signal: AbortSignal): Promise<string> {
  try {
    return (await readAll(stdin, signal, mostPiped)).replace(/\r?\n$/, '');
  } catch (error) {
    if (signal.aborted || codeOf(error) === undefined) throw error;
    throw new UsageError(
      `Cannot read stdin (${reasonOf(error)}).`,
      'Pipe a file with the secret, or the output of a command that prints it.',
    );
  }
}
