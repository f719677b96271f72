/** The statuses of a service that is ready. The documentation of the API says WAITING_FOR_USER, the live API returns AVAILABLE. */
export const readyStatuses = ['WAITING_FOR_USER', 'AVAILABLE'] as const;

export type ReadyStatus = (typeof readyStatuses)[number];
