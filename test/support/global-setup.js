import { tsImport } from 'tsx/esm/api';
import { putLibrariesTogether } from './libraries.js';

export default async function globalSetup() {
  process.env.DANBI_TEST_LIBRARIES = await putLibrariesTogether();
  const { startTestServer } = await tsImport('./test-server.ts', import.meta.url);
  globalThis.danbiTestServer = await startTestServer();
  process.env.DANBI_TEST_SERVER = globalThis.danbiTestServer.url;
}
