import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SiteSettings, WireRule } from '../../src/contract/visitor-wire.js';

export interface DwellSite {
  url: string;
  /** What pages served from now on have to measure. */
  set(rules: readonly WireRule[], settings?: SiteSettings, body?: string): void;
  close(): void;
}

/** A site of empty pages that all measure themselves (dwell-page.js). */
export async function startDwellSite(): Promise<DwellSite> {
  const script = execFileSync('node_modules/.bin/esbuild', ['test/support/dwell-page.js', '--bundle', '--format=iife', '--target=es2020', '--log-level=error'], { encoding: 'utf8' });
  let setup = '{"rules":[],"settings":{}}';
  let content = '';
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(url === '/frame' ? '<!doctype html><body>frame' : `<!doctype html><title>page</title><body>${content}<script>window.SETUP=${setup}</script><script>${script.replaceAll('</script', '<\\/script')}</script>`);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => resolve()); });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    set(rules, settings = {}, body = '') {
      setup = JSON.stringify({ rules, settings });
      content = body;
    },
    close: () => void server.close(),
  };
}

/** A moment at which a rule has fired, as the page measured it itself. */
export interface Firing {
  id: string;
  why: { dwell?: number; scroll?: number; event?: string };
  /** ms since the document began. */
  at: number;
  /** ms for which the page visit was visible until then, by an account of its own. */
  seen: number;
  pv: string;
  visible: boolean;
  /** For how long the machine kept the page from running shortly before, ms. */
  stall: number;
}

/** Farther from the definition than this, ms, a rule may not fire. */
export const EXACT = 50;

const PLAYS = 6;

/** Plays a trace, and again while the machine itself was late by more than half of what is measured: a heartbeat of 10 ms says so. */
export async function exactly(trace: () => Promise<Firing>): Promise<Firing> {
  let fired = await trace();
  for (let played = 1; played < PLAYS && fired.stall > EXACT / 2; played += 1) fired = await trace();
  return fired;
}

/** How far, ms, a rule fired from when it was due. What the machine itself was late is not the rule's; earlier than due is never excused. */
export const offBy = (fired: Firing, due: number, at = fired.seen): number => (at < due ? due - at : Math.max(at - due - fired.stall, 0));
