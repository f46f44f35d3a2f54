import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CHROMIUM } from './browser.js';

type Json = Record<string, unknown>;

/** A tab as a person has it: hidden when another one is in front. */
export interface Tab {
  /** Value of an expression in the page; promises are waited for. */
  run<T>(expression: string): Promise<T>;
  send(method: string, params?: Json): Promise<Json>;
  goto(url: string): Promise<void>;
  /** Lets go of the page while something happens in it that Chromium does not do under a debugger's eyes. */
  unwatched(ms: number): Promise<void>;
  /** Brings it in front of the others. */
  show(): Promise<void>;
  close(): Promise<void>;
}

export interface RawBrowser {
  open(url: string, options?: { background?: boolean; newWindow?: boolean }): Promise<Tab>;
  close(): Promise<void>;
}

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe', '--window-size=1100,800', 'about:blank'];

/** One protocol connection over pipes: requests by id, answers by id. */
function connection(output: Writable, input: Readable) {
  const waiting = new Map<number, { resolve: (result: Json) => void; reject: (error: Error) => void }>();
  let last = 0;
  let rest = '';
  input.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop()!;
    for (const message of messages) {
      const { id, result, error } = JSON.parse(message) as { id?: number; result?: Json; error?: { message: string } };
      const asked = id === undefined ? undefined : waiting.get(id);
      if (id === undefined || !asked) continue;
      waiting.delete(id);
      if (error) asked.reject(new Error(error.message));
      else asked.resolve(result ?? {});
    }
  });
  return (method: string, params: Json = {}, sessionId?: string): Promise<Json> => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    output.write(`${JSON.stringify({ id: last, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
  });
}

/**
 * A real Chromium driven by its protocol alone. Playwright keeps every page focused and visible and switches the
 * back/forward cache and the throttling of timers off, which is what these tests are about.
 */
export async function openRawBrowser(flags: readonly string[] = []): Promise<RawBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'danbi-tabs-'));
  const chromium = spawn(CHROMIUM, [`--user-data-dir=${profile}`, ...flags, ...FLAGS], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => { chromium.once('exit', () => resolve()); });
  const send = connection(chromium.stdio[3] as Writable, chromium.stdio[4] as Readable);
  const targets = async () => ((await send('Target.getTargets')) as { targetInfos: { targetId: string }[] }).targetInfos.map((info) => info.targetId);
  return {
    async open(url, { background = false, newWindow = false } = {}) {
      const { targetId } = (await send('Target.createTarget', { url: 'about:blank', background, newWindow })) as { targetId: string };
      const attach = async () => String((await send('Target.attachToTarget', { targetId, flatten: true })).sessionId);
      let sessionId = await attach();
      const unwatched = async (ms: number) => {
        await send('Target.detachFromTarget', { sessionId });
        await new Promise((resolve) => { setTimeout(resolve, ms); });
        sessionId = await attach();
      };
      const tab = tabOf((method, params) => send(method, params, sessionId), () => send('Target.activateTarget', { targetId }), async () => {
        await send('Target.closeTarget', { targetId });
        // A window that still is about to close would take in the tab that is opened next, apart from the one that is to hide it.
        await until(async () => !(await targets()).includes(targetId));
      });
      await tab.goto(url);
      return { ...tab, unwatched };
    },
    async close() {
      await send('Browser.close').catch(() => chromium.kill('SIGKILL'));
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function tabOf(send: Tab['send'], activate: () => Promise<Json>, close: () => Promise<void>): Omit<Tab, 'unwatched'> {
  const run = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: true }) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string }; text: string } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    run, send,
    async goto(url) {
      await send('Page.navigate', { url });
      await until(() => run<boolean>(`location.href === ${JSON.stringify(url)} && document.readyState !== 'loading'`).catch(() => false));
    },
    show: async () => void (await activate()),
    close,
  };
}

/** Waits until a question is answered with something; fails after `ms`. */
export async function until<T>(ask: () => Promise<T>, ms = 15_000): Promise<T> {
  for (const end = performance.now() + ms; ;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`nothing came within ${ms} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}
