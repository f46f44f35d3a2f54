import type { Action, Step } from '../../contract/campaign-steps.js';
import { addMembers, removeMembers } from '../../people/lists/store/lists.store.js';
import { writePeople, type PersonWrite } from '../../people/people-writer.js';
import { lockPeople } from '../../people/store/person.store.js';
import type { Db } from '../../platform/database/db.js';
import type { BatchContext, StepGroup, StepResult } from './batch.js';

type ActionStep = Extract<Step, { type: 'action' }>;

/**
 * Writes about everybody of the batch as all writers of people do, in this transaction: with its history and its news, which
 * segments and other campaigns follow. A write that changes nothing makes no news. Who is being merged or erased is tried again.
 */
export async function runActionStep({ tx, now }: BatchContext, { version, step, runs }: StepGroup<ActionStep>): Promise<StepResult[]> {
  const there = new Set(await lockPeople(tx, [...new Set(runs.map((run) => run.personId))]));
  if (there.size > 0) await act(tx, step.action, [...there], { now, source: `campaign:${version.campaignId}` });
  return runs.map((run): StepResult => (there.has(run.personId) ? { run, kind: 'move', outcome: 'done', next: step.next } : { run, kind: 'hold' }));
}

async function act(tx: Db, action: Action, personIds: readonly string[], context: { now: Date; source: string }): Promise<void> {
  switch (action.kind) {
    case 'add_to_list': await addMembers(tx, action.listId, personIds, context); return;
    case 'remove_from_list': await removeMembers(tx, action.listId, personIds, context); return;
    default: await writePeople(tx, personIds.map((personId) => ({ ref: { personId }, at: context.now, ...written(action) })), context);
  }
}

function written(action: Exclude<Action, { listId: string }>): Pick<PersonWrite, 'attributes' | 'addTags' | 'removeTags'> {
  if (action.kind === 'set_attribute') return { attributes: { [action.attribute]: action.value } };
  return action.kind === 'add_tag' ? { addTags: [action.tag] } : { removeTags: [action.tag] };
}
