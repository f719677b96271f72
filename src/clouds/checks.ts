import type { Hint } from '../base/errors.js';
import type { TerraformResource } from './facts.js';
import type { Found } from './found.js';
import { isSameId, shortName } from './shapes.js';

/** The TCP ports that clients need, and which addresses this machine has: it may be one. */
export interface ClientPorts {
  from: number;
  to: number;
  /** Those that the connection strings have now. */
  inUse: readonly number[];
  own: readonly string[];
  /** What an interface endpoint connects to; null until Atlas has it. */
  target: string | null;
  /** Whether this machine can connect; null if that is not known. */
  tcp(): Promise<'open' | 'silent' | null>;
}

/** What a check found. `brief`: what is wrong, in a few words. */
export type CloudFinding =
  | { result: 'success' | 'skipped'; detail: string }
  | { result: 'warning' | 'error'; brief: string; detail: string; hint: string | Hint };

export const passed = (detail: string): CloudFinding => ({ result: 'success', detail });
export const unchecked = (detail: string): CloudFinding => ({ result: 'skipped', detail });

/** A rule of a firewall for a range of ports. It allows them unless it denies them. */
export interface PortRule {
  fromPort: number;
  toPort: number;
  isDenied?: boolean;
}

/** Whether the rules open all ports of a range. `warning`: only those in use now. The first rule for a port counts. */
export function opening(rules: readonly PortRule[], { from, to, inUse }: Pick<ClientPorts, 'from' | 'to' | 'inUse'>) {
  const isOpen = (port: number) => {
    const first = rules.find(({ fromPort, toPort }) => fromPort <= port && port <= toPort);
    return first !== undefined && first.isDenied !== true;
  };
  // What holds for a port changes only where a rule begins or ends.
  const edges = [from, ...rules.flatMap(({ fromPort, toPort }) => [fromPort, toPort + 1])];
  if (edges.every((port) => port < from || port > to || isOpen(port))) return 'success';
  return inUse.length > 0 && inUse.every(isOpen) ? 'warning' : 'error';
}

/** For what may not be read: the endpoint may work all the same. */
export function skippedFor({ message }: Error): CloudFinding {
  return unchecked(message.replace(/\.$/, ''));
}

export function checkTarget(name: string, target: string, wanted: string | null): CloudFinding {
  if (wanted === null || isSameId(target, wanted)) return passed(shortName(target));
  return {
    result: 'error',
    brief: `${name}: connects to another service`,
    detail: `connects to ${target || 'nothing'}, but the Atlas service has ${wanted}`,
    hint: 'It cannot change its target. Create another one and attach it before you remove this one.',
  };
}

/** An endpoint, and what is around it. Each part is read on its own, and once. */
export interface Inspection extends Pick<Found, 'id' | 'state' | 'stage' | 'mark' | 'target'> {
  network: string;
  addresses(): Promise<readonly string[]>;
  check(id: string, ports: ClientPorts): Promise<CloudFinding>;
  /** It, and what it uses of its own. Each comes after those that it refers to. Or why it can't be one. */
  resources(): Promise<readonly (TerraformResource | string)[] | string>;
}
