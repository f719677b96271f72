import type { ClientPorts } from './inspect.js';

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
