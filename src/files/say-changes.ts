import { isDeepStrictEqual } from 'node:util';
import { diffCampaigns } from '../contract/campaign-diff.js';
import { SegmentNodeSchema, type SegmentNode } from '../contract/segment.js';
import type { Db } from '../platform/database/db.js';
import { clauseOf } from '../segments/domain/sentence.js';
import { loadNames } from '../segments/store/references.js';
import { plain } from './domain/canonical.js';
import { changeLine, fieldLine, type SayValue, type Sentence } from './domain/change-words.js';
import { holdoutLines, labelLines, settingsLines } from './domain/workspace-words.js';
import { type KeyedKind, KEYED_KINDS } from './domain/kinds.js';
import type { Wanted } from './read-files.js';

/** What differs between what is here and what the files want, in the order of the thing. Empty for what is new. */
export async function changesOf(tx: Db, { kind, content, kept }: Wanted, keyOf: (kind: KeyedKind, id: string) => string | undefined): Promise<Sentence[]> {
  if (!kept) return [];
  const [before, after] = [plain(kept.content), plain(content)] as [Record<string, unknown>, Record<string, unknown>];
  if (kind === 'settings') return settingsLines(before, after);
  if (kind === 'labels') return labelLines(before.labels as object[], after.labels as object[]);
  if (kind === 'holdout') return holdoutLines(before, after, (id) => keyOf('campaign', id) ?? id);
  const say = await speaker(tx, keyOf, [before.definition, after.definition]);
  if (kind === 'campaign') return diffCampaigns({ name: String(before.name), definition: before.definition }, { name: String(after.name), definition: after.definition }).map((change) => changeLine(change, say));
  return Object.keys(after).filter((field) => field !== 'key' && !isDeepStrictEqual(before[field], after[field])).map((field) => fieldLine(field, before[field], after[field], say));
}

const CONDITIONS = new Set(['condition', 'audience', 'definition']);

async function speaker(tx: Db, keyOf: (kind: KeyedKind, id: string) => string | undefined, definitions: readonly unknown[]): Promise<SayValue> {
  const names = await loadNames(tx, definitions.flatMap(conditionsIn));
  return (field, value) => {
    const node = CONDITIONS.has(field) ? SegmentNodeSchema.safeParse(value) : null;
    if (node?.success) return clauseOf(node.data, names);
    const kind = KEYED_KINDS.find((one) => `${one}Id` === field);
    const key = kind && typeof value === 'string' ? keyOf(kind, value) : undefined;
    return key === undefined ? null : { en: key, ko: key };
  };
}

/** Every condition, wherever it stands. */
function conditionsIn(value: unknown): SegmentNode[] {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (typeof value !== 'object' || value === null) return [];
  const node = 'type' in value ? SegmentNodeSchema.safeParse(value) : null;
  return node?.success ? [node.data] : Object.values(value).flatMap(conditionsIn);
}
