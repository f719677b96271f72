/**
 * Whether a test fails without the programs that it needs: in CI on Linux. Elsewhere it is skipped without them. Neither
 * macOS nor Windows has them all.
 */
export const isComplete = process.env.CI === 'true' && process.platform === 'linux';
