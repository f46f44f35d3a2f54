import { Inject, Injectable, Optional } from '@nestjs/common';
import type { ListUse } from '../people/lists/list-use.js';
import type { Db } from '../platform/database/db.js';
import { SEGMENT_USE, type SegmentUse } from './segment-use.js';
import { loadDependents } from './store/build.store.js';

/** Names of the segments and campaigns in progress whose conditions name a segment or a list. */
export async function namersOf(tx: Db, id: string, use: SegmentUse | null): Promise<string[]> {
  const users = (await use?.usersOf(tx, id)) ?? [];
  // A hidden segment says no more than the campaign that owns it.
  const dependents = (await loadDependents(tx, id)).filter(({ purpose }) => purpose === 'shared' || users.length === 0);
  return [...users, ...dependents.map(({ name }) => name)];
}

/** Tells people which segments, and which campaigns through theirs, name a list. */
@Injectable()
export class SegmentListUse implements ListUse {
  constructor(@Optional() @Inject(SEGMENT_USE) private readonly use: SegmentUse | null = null) {}

  usersOf(tx: Db, listId: string): Promise<string[]> {
    return namersOf(tx, listId, this.use);
  }
}
