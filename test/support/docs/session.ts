import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestApp } from '../app.js';
import type { VirtualClock } from '../virtual-clock.js';
import type { Commands } from './pages.js';

/** What came of a session: what each block printed, and the block at which it ended when one failed. */
export interface Played { printed: string[]; failedAt: number | null; said: string }

/**
 * Before the first line of a guide. `sleep` lets the service do what is due and moves its clock on by as much, so a guide may wait days; a refused
 * request ends the session; `danbi` and `npm run danbi` are the built command, because a guide is read in the repository and run in an empty folder.
 */
const FRAME = `set -euo pipefail
sleep() { command curl -sS --fail-with-body -X POST "$TEST_CLOCK/$1"; }
curl() { command curl --fail-with-body "$@" || return; echo; }
npm() { [ "$1 $2 $3 $4" = "run --silent danbi --" ] || { echo "npm $*: run by nothing here" >&2; return 1; }; shift 4; node "$TEST_CLI" "$@"; }
danbi() { node "$TEST_CLI" "$@"; }
`;

/** Ports that readers see and tests must not take. */
const FIXED_PORTS: [shown: string, run: string][] = [['.listen(8080)', '.listen(0)']];
const anyPort = (text: string) => FIXED_PORTS.reduce((lines, [shown, run]) => lines.replaceAll(shown, run), text);

/** Runs blocks of commands in one bash, in an empty folder, as somebody does who follows a guide from its first line to its last. */
export async function play(app: TestApp, clock: VirtualClock, blocks: Commands[], given: Record<string, string> = {}): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'danbi-guide-'));
  const waiting = await serveClock(app, clock);
  try {
    const script = FRAME + blocks.map(({ text }, index) => `echo ${index} > "$TEST_OUT/at"\n{ :\n${anyPort(text)}\n} > "$TEST_OUT/${index}.txt"\n`).join('') + 'echo done > "$TEST_OUT/at"\n';
    const out = await mkdtemp(join(tmpdir(), 'danbi-guide-out-'));
    await writeFile(join(out, 'script.sh'), script);
    const env = { PATH: process.env.PATH!, HOME: folder, LANG: 'C.UTF-8', DANBI_URL: app.url, DANBI_KEY: app.key, DANBI_WRITE_KEY: app.writeKey, ...given, TEST_OUT: out, TEST_CLI: resolve('dist/src/cli.js'), TEST_CLOCK: `http://127.0.0.1:${(waiting.address() as AddressInfo).port}` };
    // A group of its own: what a guide leaves running in the background ends with it.
    const child = spawn('bash', [join(out, 'script.sh')], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    child.stdout.on('data', (part: Buffer) => { said += part.toString(); });
    child.stderr.on('data', (part: Buffer) => { said += part.toString(); });
    const code = await new Promise<number | null>((done) => { child.once('exit', done); });
    try { process.kill(-child.pid!, 'SIGKILL'); } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; }
    const at = (await readFile(join(out, 'at'), 'utf8')).trim();
    const printed = await Promise.all(blocks.map((_, index) => readFile(join(out, `${index}.txt`), 'utf8').catch(() => '')));
    await rm(out, { recursive: true, force: true });
    return { printed, failedAt: code === 0 && at === 'done' ? null : Number(at), said };
  } finally {
    waiting.close();
    waiting.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
}

async function serveClock(app: TestApp, clock: VirtualClock): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      await app.runner.runUntilIdle();
      clock.advance(Number(request.url!.slice(1)) * 1_000);
      await app.runner.runUntilIdle();
    })().then(() => response.end(), (error: unknown) => { response.writeHead(500).end(String(error)); });
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return server;
}

/** The last line of what a block printed that is JSON: what its last command answered. */
export function lastAnswer(printed: string): unknown {
  for (const line of printed.trim().split('\n').toReversed()) {
    try { return JSON.parse(line); } catch { continue; }
  }
  return undefined;
}
