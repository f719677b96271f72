import { formatDuration } from '../base/duration.js';
import { CliError, InterruptedError } from '../base/errors.js';
import { withBothNames } from '../clouds/regions.js';
import type { WaitFacts } from '../endpoints/await-all.js';
import type { Context } from '../endpoints/context.js';
import { type Live, noProgress } from '../ui/io.js';
import type { Tone } from '../ui/view.js';

export type StepResult = Record<'id' | 'title' | 'result' | 'detail', string>;

/** People read `name` instead of the detail, and `word` (may be empty) instead of the result. A `failure` ends the steps. */
export type StepEnd = Omit<StepResult, 'id' | 'title'> & {
  name?: string | undefined;
  word?: string | undefined;
  failure?: CliError | undefined;
};

interface RunnableStep extends Pick<StepResult, 'id' | 'title'> {
  /** What it says when it starts, if it usually takes minutes. */
  start?: string | undefined;
  run(context: Context): Promise<StepEnd>;
}

interface Steps<S extends RunnableStep> {
  titles: readonly string[];
  /** Each step is taken after the one before it has run, so a generator can decide what comes next. */
  steps: Iterable<S>;
  /** Where the steps happen, as it is known now, for lines of JSON. */
  facts(): Omit<WaitFacts, 'cluster'>;
  explain(error: CliError, current: S | undefined, results: readonly StepResult[]): CliError;
}

/** Shows what became of each: a live list in a terminal, elsewhere a line a step. The waits of a step are a part of it. */
export async function runSteps<S extends RunnableStep>(
  context: Context,
  { titles, steps, facts, explain }: Steps<S>,
) {
  const { io, clock } = context;
  const results: StepResult[] = [];
  let current: { step: S; startedAt: number; live: Live } | undefined;
  const width = Math.max(0, ...titles.map(({ length }) => length));
  const elapsedMs = () => clock.monotonic() - (current?.startedAt ?? clock.monotonic());
  const timeText = () => (elapsedMs() >= 1000 ? `after ${formatDuration(elapsedMs())}` : '');
  const rows = () => {
    if (!current) return [];
    const title = current.step.title.padEnd(width);
    const inner = current.live();
    return inner.length > 0 ? inner.map((row) => [title, ...row]) : [[title, formatDuration(elapsedMs())]];
  };
  // The steps may turn out fewer than they were planned to be, or others.
  const later = () => {
    const begun = [...results, ...(current ? [current.step] : [])];
    return titles.slice(Math.max(-1, ...begun.map(({ title }) => titles.indexOf(title))) + 1);
  };
  const progress = await io.progress(rows, later);
  const settle = (title: string, text: string, tone: Tone) => {
    current = undefined;
    progress.settled({ line: [title.padEnd(width), text], tone });
  };
  const tell = ({ id, title }: S, text: string, status: string) => {
    const elapsedSeconds = Math.round(elapsedMs()) / 1000;
    const about = { ...withBothNames(facts()), cluster: null, step: id, status, elapsedSeconds };
    progress.changed({ message: `${title}: ${text}`, facts: about });
  };
  try {
    for (const step of steps) {
      const running = { step, startedAt: clock.monotonic(), live: (() => []) as Live };
      current = running;
      if (step.start !== undefined) tell(step, step.start, 'started');
      const inner = async (live: Live) => {
        running.live = live;
        return { ...noProgress, stop: () => (running.live = () => []) };
      };
      const end = await step.run({ ...context, io: { ...io, progress: inner } });
      const { id, title } = step;
      const { result, detail } = end;
      results.push({ id, title, result, detail });
      if (end.failure) throw end.failure;
      const text = textOf(end, timeText());
      tell(step, text, result);
      settle(title, text, result === 'skipped' || result === 'kept' ? 'plain' : 'good');
    }
  } catch (error) {
    const failed = current?.step;
    const { word, tone } = endOf(error);
    if (failed) settle(failed.title, `${word} ${timeText()}`.trimEnd(), tone);
    if (!(error instanceof CliError)) throw error;
    return { results, error: explain(error, failed, results) };
  } finally {
    progress.stop();
  }
  return { results };
}

/** How an error is shown. After an interruption or a time-out, the clouds continue. */
export function endOf(error: unknown): { word: string; tone: Tone } {
  if (error instanceof InterruptedError) return { word: 'interrupted', tone: 'busy' };
  return isTimeout(error) ? { word: 'timed out', tone: 'busy' } : { word: 'failed', tone: 'bad' };
}

function textOf({ result, detail, name = detail, word }: StepEnd, time: string) {
  if (result === 'skipped') return `skipped ${name}`;
  if (result === 'kept') return `kept: ${name}`;
  const said = word ?? (result === 'done' ? 'already there' : result);
  const last = [said, time].filter((part) => part !== '').join(' ');
  return last === '' ? name : `${name}, ${last}`;
}

function isTimeout(error: unknown) {
  return error instanceof CliError && error.exit === 'timedOut';
}

/** What exists, what the error itself advises, and `again`: the command lines that continue, and what they are. */
export function hintToContinue(error: CliError, exists: string, again: readonly string[], what = 'To continue:') {
  const goOn = again.length > 0 ? what : '';
  const isJustBroken = error instanceof InterruptedError || isTimeout(error);
  if (isJustBroken || error.hint === undefined) return { text: `${exists} ${goOn}`.trim(), commands: again };
  const { text, commands } = error.hint;
  // The same command would be refused once more.
  if (error.exit === 'usage') return { text: `${exists} ${text}`, commands };
  if (commands.length === 0) return { text: `${text} ${exists} ${goOn}`.trim(), commands: again };
  return { text: `${exists} ${text}`, commands: [...new Set([...commands, ...again])] };
}

/** A title within a sentence: `security group`, but `VPC endpoint`, `MongoDB` and `Atlas service`. */
export function inSentence(title: string) {
  return title.replace(/^(?!Atlas)[A-Z](?=[a-z]+\b)/, (letter) => letter.toLowerCase());
}
