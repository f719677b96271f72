import type { Accept } from '../linking.js';

export const acceptPrivateEndpoint: Accept = ({ world }) => ({ world, fate: undefined });
