import type { CloudEnd } from '../../cloud-side/inspect.js';

type Opening = Awaited<ReturnType<CloudEnd['openings']>>[number];

/** The sources from which all ports of a range are open. Several rules together may open it. */
export function wholeSources(openings: readonly Opening[], { from, to }: { from: number; to: number }): string[] {
  return [...new Set(openings.map((each) => each.from))].filter((source) => {
    let next = from;
    const own = openings.filter((each) => each.from === source).toSorted((a, b) => a.fromPort - b.fromPort);
    for (const { fromPort, toPort } of own) if (fromPort <= next) next = Math.max(next, toPort + 1);
    return next > to;
  });
}

/** `443`, or `1024-65535`. */
export function portsOf({ fromPort, toPort }: Opening): string {
  return fromPort === toPort ? `${fromPort}` : `${fromPort}-${toPort}`;
}
