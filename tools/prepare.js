/*
 * Builds the program if the development packages are installed. `npm ci --omit=dev` omits them. That install still
 * succeeds, because the program may be built already. Packing without a build fails.
 */
function hasPackages() {
  try {
    return import.meta.resolve('tsx') !== '' && import.meta.resolve('rolldown') !== '';
  } catch {
    return false;
  }
}

if (hasPackages()) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./build.ts');
} else {
  process.stderr.write(
    'The development packages are missing, so nothing was built. To build, run npm ci --include=dev.\n',
  );
  process.exitCode = ['ci', 'install'].includes(process.env.npm_command) ? 0 : 1;
}
