import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModuleMocker } from 'jest-mock';

const require = createRequire(import.meta.url);
/** Jest's own test framework: what describes, runs and reports the tests of one file. */
const FRAMEWORK = join(dirname(require.resolve('jest-circus')), 'jestAdapterInit.js');
/** The framework keeps its list of listeners here over all its instances; each file begins with a new one. */
const LISTENERS = Symbol.for('EVENT_HANDLERS');
const mocker = new ModuleMocker(globalThis);

await import('./register.js');
process.setSourceMapsEnabled(true);

/**
 * Runs a test file in the worker's own context, with Node's own loader: what a file before it has loaded is there, and compiled.
 * Jest's context of its own for each file would load and warm the 3,800 modules of the service 300 times, half of a run.
 * What isolation remains: every file its own database, app and folders, and its own copy of the environment.
 * Same arguments and result as `jest-circus/runner`.
 */
export default async function runNatively(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  delete require.cache[FRAMEWORK];
  delete globalThis[LISTENERS];
  const framework = require(FRAMEWORK);
  const around = { ...process.env };
  // Jest's own would look for maps that it has made; Node knows those of our hooks.
  Error.prepareStackTrace = undefined;
  await framework.initialize({
    config, environment, globalConfig, localRequire: require, parentProcess: process, runtime, sendMessageToJest, testPath,
    setGlobalsForRuntime: (globals) => { globalThis[Symbol.for('danbi.test-globals')] = { ...globals, jest: { spyOn: mocker.spyOn.bind(mocker) } }; },
  });
  try {
    await import(pathToFileURL(testPath).href);
    if (globalConfig.collectTests) return await framework.collectTestsWithoutRunning({ config, testPath });
    const now = Date.now();
    return await framework.runAndTransformResultsToJestFormat({ config, globalConfig, setupAfterEnvPerfStats: { setupAfterEnvStart: now, setupAfterEnvEnd: now }, testPath });
  } finally {
    mocker.restoreAllMocks();
    for (const name of Object.keys(process.env)) if (!(name in around)) delete process.env[name];
    Object.assign(process.env, around);
  }
}
