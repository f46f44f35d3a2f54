/** Tests run as ES modules through swc; types are checked by `npm run types`. */
const transform = {
  '^.+\\.ts$': ['@swc/jest', {
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true } },
  }],
};
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
  resolver: '<rootDir>/test/support/resolver.cjs',
  injectGlobals: false,
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  testTimeout: 120_000,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  maxWorkers: 4,
  // Each file leaves about 50 MB of compiled modules behind in its worker, and collecting gigabytes again and again took half of a run.
  workerIdleMemoryLimit: '500MB',
};
