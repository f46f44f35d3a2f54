import { beforeEach, expect, test } from '@jest/globals';
import type { SchedulerRegistry } from '@nestjs/schedule';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import { Worker, type Round } from '../../src/platform/jobs/worker.js';
import { createLog } from '../../src/platform/logging.js';

const SECOND = 1_000;

class Looker extends Worker {
  looks = 0;
  next: Date | null = null;
  rest?: number;
  constructor(readonly name: string) {
    super();
  }
  async runOnce(): Promise<Round> {
    this.looks += 1;
    return { done: 0, next: this.next, ...(this.rest === undefined ? {} : { rest: this.rest }) };
  }
}

let runner: WorkerRunner;
let one: Looker;
let other: Looker;
let written: string;

const poll = async (now = Date.now()) => {
  await runner.poll(async () => written, now);
  await turn();
};
const looks = () => [one.looks, other.looks];

beforeEach(async () => {
  [one, other, written] = [new Looker('one'), new Looker('other'), 'a'];
  runner = new WorkerRunner(new ManualAlarms(), createLog('silent'));
  const registry = { addInterval: (_name: string, timer: NodeJS.Timeout) => clearInterval(timer) } as unknown as SchedulerRegistry;
  await runner.start([one, other], { registry, announce: () => {}, written: async () => written });
  await poll();
  expect(looks()).toEqual([2, 2]);
});

test('while nothing is written nobody looks, and everybody does after anything was', async () => {
  await poll();
  await poll();
  expect(looks()).toEqual([2, 2]);
  written = 'b';
  await poll();
  await poll();
  expect(looks()).toEqual([3, 3]);
});

test('who said when something is due looks from that moment on', async () => {
  const due = Date.now() + SECOND;
  one.next = new Date(due);
  runner.wake('one');
  await turn();
  await poll(due - 1);
  expect(looks()).toEqual([3, 2]);
  await poll(due);
  await poll(due);
  expect(looks()).toEqual([5, 2]);
});

test('everybody looks every ten seconds all the same, and when nobody can tell whether anything was written', async () => {
  await poll(Date.now() + 9 * SECOND);
  expect(looks()).toEqual([2, 2]);
  await poll(Date.now() + 10 * SECOND);
  expect(looks()).toEqual([3, 3]);
  await runner.poll(() => Promise.reject(new Error('the database is away')), Date.now());
  await turn();
  expect(looks()).toEqual([4, 4]);
});

test('what is written during a look is looked for again', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  const { runOnce } = Looker.prototype;
  one.runOnce = async function (this: Looker) {
    await held;
    return runOnce.call(this);
  };
  runner.wake('one');
  written = 'b';
  await poll();
  expect(looks()).toEqual([2, 3]);
  release();
  await turn();
  expect(looks()).toEqual([4, 3]);
});

test('who asks for a rest is left alone for so long, and then sees what came meanwhile', async () => {
  one.rest = 60 * SECOND;
  written = 'b';
  await poll();
  one.rest = 0;
  written = 'c';
  runner.wake('one');
  await poll();
  expect(looks()).toEqual([3, 4]);
  const { now } = Date;
  try {
    Date.now = () => now() + 61 * SECOND;
    await poll();
  } finally {
    Date.now = now;
  }
  expect(looks()[0]).toBe(4);
});
