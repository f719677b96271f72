import { type ClusterRegion, regionText } from '../atlas/clusters.js';
import { formatDuration } from '../base/duration.js';
import { CliError } from '../base/errors.js';
import type { Context } from '../endpoints/context.js';
import { type Live, noProgress, type StatusChange } from '../ui/progress.js';
import { endOf } from './steps.js';

/* Regions in which a command does the same at the same time: a lane each. */

/** A region, and the error if it failed there. */
export interface LaneEnd<P = ClusterRegion> {
  place: P;
  error?: CliError | undefined;
}

/** Does the same for each region, at the same time. An error of one doesn't stop the others. Throws bugs. */
export async function inEach<P, R>(
  places: readonly P[],
  work: (place: P) => Promise<R>,
): Promise<(LaneEnd<P> & { result?: R })[]> {
  return Promise.all(
    places.map(async (place) => {
      try {
        return { place, result: await work(place) };
      } catch (error) {
        if (error instanceof CliError) return { place, error };
        throw error;
      }
    }),
  );
}

/** An error in JSON. */
export function errorRow(error: CliError | undefined) {
  return error ? { code: error.code, message: error.message, exitCode: error.exitCode } : null;
}

/**
 * The same with a live row for each region, in a terminal; elsewhere each line begins with the region. `work` gets a
 * context whose waits and steps are shown there. `done`: what its row says at the end.
 */
export async function runLanes<P extends ClusterRegion, O extends { error?: CliError | undefined }>(
  context: Context,
  lanes: readonly P[],
  work: (lane: P, context: Context) => Promise<O>,
  done: (outcome: O, lane: P) => string,
): Promise<(LaneEnd<P> & { outcome: O })[]> {
  const { io, clock } = context;
  const started = clock.monotonic();
  const time = () => formatDuration(clock.monotonic() - started);
  const rows = new Map<P, Live>();
  const width = Math.max(...lanes.map((lane) => regionText(lane).length));
  const named = (lane: P) => regionText(lane).padEnd(width);
  const rowOf = ([lane, live]: [P, Live]) => {
    const [[step = '', ...cells] = []] = live();
    // The row of a wait begins with the region too.
    const rest = cells[0] === lane.region ? cells.slice(1) : cells;
    return [named(lane), step.trim(), ...rest];
  };
  const progress = await io.progress(() => [...rows].map(rowOf));
  const noted = new Set<string>();
  // Each region may say the same, such as that Atlas is responding again.
  const note: typeof io.note = (message, items) => {
    if (!noted.has(message)) io.note(message, items);
    noted.add(message);
  };
  const contextOf = (lane: P): Context => {
    const inner = async (live: Live) => {
      rows.set(lane, live);
      const changed = (change: StatusChange) =>
        progress.changed({ ...change, message: `${regionText(lane)}: ${change.message}` });
      return { ...noProgress, changed };
    };
    return { ...context, io: { ...io, note, progress: inner } };
  };
  try {
    return await Promise.all(
      lanes.map(async (lane) => {
        const outcome = await work(lane, contextOf(lane));
        rows.delete(lane);
        const { error } = outcome;
        const { word, tone } = error ? endOf(error) : { word: done(outcome, lane), tone: 'good' as const };
        progress.settled({ line: [named(lane), `${word} after ${time()}`], tone });
        return { place: lane, outcome, error };
      }),
    );
  } finally {
    progress.stop();
  }
}
