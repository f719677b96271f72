import type { Accept } from '../linking.js';

export const acceptRule: Accept = ({ world }) => ({ world, fate: undefined });
