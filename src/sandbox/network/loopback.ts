/** Everything listens here, because it is the one address of loopback that every system has. */
export const loopback = '127.0.0.1';
