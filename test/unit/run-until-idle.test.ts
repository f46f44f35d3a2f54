import { expect, test } from '@jest/globals';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import { Worker, type Round } from '../../src/platform/jobs/worker.js';
import { createLog } from '../../src/platform/logging.js';

/** Works off what lies in its queue, one at a time, and may put something into another one's. */
class Queue extends Worker {
  waiting = 0;
  next: Date | null = null;
  constructor(readonly name: string, private readonly turns: string[], private readonly after: () => void = () => {}) {
    super();
  }
  async runOnce(): Promise<Round> {
    this.turns.push(this.name);
    if (this.waiting === 0) return { done: 0, next: this.next };
    this.waiting -= 1;
    this.after();
    return { done: 1 };
  }
}

const runnerOf = (workers: Worker[]) => {
  const runner = new WorkerRunner(new ManualAlarms(), createLog('silent'));
  runner.add(workers);
  return runner;
};

test('who is woken goes first, and everybody is looked at once after the last work', async () => {
  const turns: string[] = [];
  const last = new Queue('last', turns);
  const first = new Queue('first', turns, () => { last.waiting += 1; runner.wake('last'); });
  const others = ['a', 'b', 'c'].map((name) => new Queue(name, turns));
  const runner = runnerOf([...others, last, first]);
  first.waiting = 2;
  runner.wake('first');
  await runner.runUntilIdle();
  expect([first.waiting, last.waiting]).toEqual([0, 0]);
  expect(turns.slice(0, 6)).toEqual(['first', 'last', 'first', 'last', 'first', 'last']);
  expect(turns.slice(6).toSorted()).toEqual(['a', 'b', 'c']);
});

test('a wake-up that is missing loses no work', async () => {
  const turns: string[] = [];
  const early = new Queue('early', turns);
  const late = new Queue('late', turns, () => { early.waiting += 1; });
  const runner = runnerOf([early, late]);
  late.waiting = 3;
  await runner.runUntilIdle();
  expect([early.waiting, late.waiting]).toEqual([0, 0]);
});

test('the earliest moment that the last looks named is the answer', async () => {
  const [one, two] = [new Queue('one', []), new Queue('two', [])];
  const runner = runnerOf([one, two]);
  expect(await runner.runUntilIdle()).toBeNull();
  Object.assign(one, { next: new Date(5_000) });
  Object.assign(two, { next: new Date(4_000), waiting: 1 });
  expect(await runner.runUntilIdle()).toEqual(new Date(4_000));
});
