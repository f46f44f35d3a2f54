export default async function globalTeardown() {
  await globalThis.danbiTestServer.stop();
}
