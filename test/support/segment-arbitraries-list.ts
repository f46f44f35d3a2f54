import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { ListCondition } from '../../src/contract/segment-conditions.js';
import { StoredAuditLog } from '../../src/access/audit.service.js';
import { Lists } from '../../src/people/lists/lists.service.js';
import { rows } from '../../src/platform/database/db.js';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import type { Happening } from './segment-leaves.js';
import { ACTOR } from './segment-world.js';
import { VirtualClock } from './virtual-clock.js';
import fc from './fast-check.js';

/** Lists that worlds have, whoever is on them. */
export const LISTS = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002'] as const;

export const listLeaf: fc.Arbitrary<ListCondition> = fc.record({ type: fc.constant('list' as const), op: fc.constantFrom('in' as const, 'not_in' as const), listId: fc.constantFrom(...LISTS) });

export const storeLists = async (db: DataSource, now: Date): Promise<void> => {
  await rows(db, `insert into list (id, name, created_by, created_at, updated_at) select l.id, l.id::text, 'test', $2, $2 from unnest($1::uuid[]) as l (id)`, [LISTS, now]);
};

const quiet = pino({ level: 'silent' });

/** Colleagues put people on lists and take them off. */
export const listing: Happening<{ list: string; on: boolean }> = {
  arbitrary: fc.record({ list: fc.constantFrom(...LISTS), on: fc.boolean() }),
  async write(db, person, { list, on }, now) {
    const lists = new Lists(db, new VirtualClock(now), new WorkerRunner(new ManualAlarms(), quiet), new StoredAuditLog(db));
    await lists[on ? 'add' : 'remove'](list, [person.id], ACTOR);
    if (on) person.lists.add(list);
    else person.lists.delete(list);
  },
  join(into, from) {
    for (const list of from.lists) into.lists.add(list);
  },
};
