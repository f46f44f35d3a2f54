import { tsImport } from 'tsx/esm/api';

export default async function globalSetup() {
  const { startTestServer } = await tsImport('./test-server.ts', import.meta.url);
  globalThis.danbiTestServer = await startTestServer();
  process.env.DANBI_TEST_SERVER = globalThis.danbiTestServer.url;
}
