/* Values of options. The definitions of commands load them at every start, so nothing else is here. */

/** The statuses of a service that is ready. The documentation of the API says WAITING_FOR_USER, the live API returns AVAILABLE. */
export const readyStatuses = ['WAITING_FOR_USER', 'AVAILABLE'] as const;

export type ReadyStatus = (typeof readyStatuses)[number];
