import { formatDuration } from '../base/duration.js';
import type { Session } from '../endpoints/session.js';
import { type Live, noProgress } from '../ui/progress.js';

/** What became of a step. */
export interface StepResult {
  id: string;
  title: string;
  result: string;
  detail: string;
}

/** Where the steps happen, for lines of JSON. */
export interface StepFacts {
  endpointId: string | null;
  interfaceEndpointId: string | null;
  projectId: string;
  provider: string;
  region: string;
}

/** Steps as they are done one after the other: a live list in a terminal, elsewhere a line a step. */
export interface Checklist {
  /** Begins a step, and returns the session whose waits are shown as a part of it. */
  begin(step: { id: string; title: string }): Session;
  end(result: StepResult, facts: StepFacts): void;
  /** Ends the display, if something goes wrong after the line of the step that failed. */
  stop(failed?: { title: string }): void;
}

/** `titles` are those of all steps, in their order. */
export async function openChecklist(session: Session, titles: readonly string[]): Promise<Checklist> {
  const { io, clock } = session;
  let last = '';
  let current: { title: string; startedAt: number; live: Live } | undefined;
  const elapsed = (since: number) => formatDuration(clock.monotonic() - since);
  const rows = () => {
    if (!current) return [];
    const { title, live, startedAt } = current;
    const inner = live();
    return inner.length > 0 ? inner.map((row) => [title, ...row]) : [[title, elapsed(startedAt)]];
  };
  // The steps may turn out fewer than they were planned to be.
  const later = () => titles.slice(titles.indexOf(current?.title ?? last) + 1);
  const progress = await io.progress(rows, later);

  return {
    begin: ({ title }) => {
      const step = { title, startedAt: clock.monotonic(), live: (() => []) as Live };
      current = step;
      const inner = async (live: Live) => {
        step.live = live;
        return { ...noProgress, stop: () => (step.live = () => []) };
      };
      return { ...session, io: { ...io, progress: inner } };
    },
    end: ({ id, title, result, detail }, facts) => {
      const startedAt = current?.startedAt ?? clock.monotonic();
      const took = clock.monotonic() - startedAt;
      const message = `${title}: ${result} ${detail}${took >= 1000 ? ` after ${elapsed(startedAt)}` : ''}`;
      const elapsedSeconds = Math.round(took) / 1000;
      current = undefined;
      last = title;
      progress.changed({ message, facts: { ...facts, cluster: null, step: id, status: result, elapsedSeconds } });
      progress.settled({ line: message, tone: 'good' });
    },
    stop: (failed) => {
      if (failed) progress.settled({ line: failed.title, tone: 'bad' });
      current = undefined;
      progress.stop();
    },
  };
}
