import { describe, expect, test } from '@jest/globals';
import { DraftStore, type Kept, type Outcome, type Port } from '../../web/src/features/campaigns/draft/draft-store.js';

/** A server and a clock one can stop: every attempt waits until it is answered. */
class World implements Port<string, string> {
  readonly asked: { document: string; revision: number; answer(outcome: Outcome<string, string>): Promise<void> }[] = [];
  copy: Kept<string> | null = null;
  due: { at: number; work: () => void }[] = [];
  now = 0;

  save(document: string, revision: number): Promise<Outcome<string, string>> {
    return new Promise((done) => {
      this.asked.push({ document, revision, answer: async (outcome) => { done(outcome); await new Promise((settled) => { setImmediate(settled); }); } });
    });
  }

  keep(copy: Kept<string> | null): void { this.copy = copy; }

  later(work: () => void, milliseconds: number): () => void {
    const one = { at: this.now + milliseconds, work };
    this.due.push(one);
    return () => { this.due = this.due.filter((other) => other !== one); };
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    const ready = this.due.filter(({ at }) => at <= this.now);
    this.due = this.due.filter(({ at }) => at > this.now);
    for (const { work } of ready) work();
  }
}

const begin = (copy: Kept<string> | null = null) => {
  const world = new World();
  return { world, store: new DraftStore<string, string>(world, { revision: 1, document: 'a' }, copy) };
};
const to = (document: string) => () => document;

describe('a draft that saves itself', () => {
  test('waits for quiet, sends the newest once, and sends what came meanwhile afterwards', async () => {
    const { world, store } = begin();
    store.change(to('b'));
    world.pass(500);
    store.change(to('c'));
    world.pass(799);
    expect(world.asked).toEqual([]);
    expect(world.copy).toEqual({ revision: 1, document: 'c' });
    world.pass(1);
    expect(world.asked).toMatchObject([{ document: 'c', revision: 1 }]);
    store.change(to('d'));
    world.pass(5_000);
    expect(world.asked).toHaveLength(1);
    await world.asked[0]!.answer({ kind: 'saved', revision: 2 });
    expect(store.read().state).toEqual({ kind: 'changed' });
    expect(world.copy).toEqual({ revision: 2, document: 'd' });
    world.pass(800);
    expect(world.asked[1]).toMatchObject({ document: 'd', revision: 2 });
    await world.asked[1]!.answer({ kind: 'saved', revision: 3 });
    expect({ state: store.read().state, copy: world.copy, due: world.due }).toEqual({ state: { kind: 'saved' }, copy: null, due: [] });
  });

  test('tries again ever later when nobody answers, at once when asked, and keeps the copy', async () => {
    const { world, store } = begin();
    store.change(to('b'));
    world.pass(800);
    for (const wait of [1_000, 2_000, 4_000]) {
      await world.asked.at(-1)!.answer({ kind: 'away' });
      const { length } = world.asked;
      world.pass(wait - 1);
      expect(world.asked).toHaveLength(length);
      world.pass(1);
      expect(world.asked).toHaveLength(length + 1);
    }
    await world.asked.at(-1)!.answer({ kind: 'away' });
    expect({ state: store.read().state.kind, copy: world.copy }).toEqual({ state: 'away', copy: { revision: 1, document: 'b' } });
    store.retry();
    await world.asked.at(-1)!.answer({ kind: 'saved', revision: 2 });
    expect({ state: store.read().state.kind, copy: world.copy }).toEqual({ state: 'saved', copy: null });
  });

  test('lets the editor choose when somebody was quicker; typing on decides nothing', async () => {
    for (const choice of ['theirs', 'mine'] as const) {
      const { world, store } = begin();
      store.change(to('mine'));
      world.pass(800);
      await world.asked[0]!.answer({ kind: 'conflict', problem: 'Kim changed it', theirs: { revision: 7, document: 'theirs' } });
      store.change(to('mine!'));
      world.pass(60_000);
      expect({ asked: world.asked.length, state: store.read().state.kind, document: store.read().document }).toEqual({ asked: 1, state: 'conflict', document: 'mine!' });
      if (choice === 'theirs') {
        store.takeTheirs();
        expect(store.read()).toMatchObject({ document: 'theirs', state: { kind: 'saved' }, canUndo: true });
        store.undo();
        expect(store.read().document).toBe('mine!');
        world.pass(800);
        expect(world.asked[1]).toMatchObject({ document: 'mine!', revision: 7 });
      } else {
        store.keepMine();
        expect(world.asked[1]).toMatchObject({ document: 'mine!', revision: 7 });
      }
    }
  });

  test('takes up what an earlier visit kept: of the same revision as a change, of an older one as a conflict', async () => {
    const same = begin({ revision: 1, document: 'kept' });
    expect(same.store.read()).toMatchObject({ document: 'kept', restored: true, state: { kind: 'changed' } });
    same.world.pass(800);
    expect(same.world.asked[0]).toMatchObject({ document: 'kept', revision: 1 });
    const older = begin({ revision: 0, document: 'kept' });
    expect(older.store.read()).toMatchObject({ document: 'kept', state: { kind: 'conflict', problem: null, theirs: { revision: 1, document: 'a' } } });
    older.world.pass(60_000);
    expect(older.world.asked).toEqual([]);
  });

  test('undoes and redoes states; letters of one text are one step', () => {
    const { store } = begin();
    for (const text of ['ab', 'abc', 'abcd']) store.change(to(text), 'subject');
    store.change(to('X'));
    store.undo();
    expect(store.read().document).toBe('abcd');
    store.undo();
    expect(store.read()).toMatchObject({ document: 'a', canUndo: false, canRedo: true });
    store.redo();
    store.redo();
    expect(store.read()).toMatchObject({ document: 'X', canRedo: false });
    store.undo();
    store.change(to('Y'));
    expect(store.read().canRedo).toBe(false);
  });

  test('saves everything at once before a launch, and says when it can not', async () => {
    const { world, store } = begin();
    expect(await store.flush()).toBe(true);
    store.change(to('b'));
    const flushed = store.flush();
    store.change(to('c'));
    await world.asked[0]!.answer({ kind: 'saved', revision: 2 });
    await world.asked[1]!.answer({ kind: 'saved', revision: 3 });
    expect({ flushed: await flushed, sent: world.asked.map(({ document }) => document) }).toEqual({ flushed: true, sent: ['b', 'c'] });
    store.change(to('wrong'));
    const refused = store.flush();
    await world.asked[2]!.answer({ kind: 'refused', problem: 'no' });
    expect({ refused: await refused, state: store.read().state }).toEqual({ refused: false, state: { kind: 'refused', problem: 'no' } });
  });

  test('adopts what others saved only while nothing of ours is open', () => {
    const { world, store } = begin();
    store.meet({ revision: 2, document: 'theirs' });
    expect(store.read()).toMatchObject({ document: 'theirs', canUndo: false });
    store.change(to('mine'));
    store.meet({ revision: 3, document: 'later' });
    world.pass(800);
    expect(world.asked[0]).toMatchObject({ document: 'mine', revision: 2 });
  });
});
