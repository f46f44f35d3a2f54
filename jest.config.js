/** Tests are run by jest in Node's own context (test/support/native); types are checked by `npm run types`. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testRunner: '<rootDir>/test/support/native/runner.js',
  transform: {},
  injectGlobals: false,
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  testTimeout: 120_000,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  maxWorkers: 4,
  // A worker keeps what it has loaded; one that has grown is started anew between two files.
  workerIdleMemoryLimit: '2GB',
};
