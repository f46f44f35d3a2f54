import type { SegmentNode } from '../../contract/segment.js';
import type { Problem } from '../../kernel/errors.js';
import { labelsOf } from '../../people/labels/store/labels.store.js';
import { rows, type Db } from '../../platform/database/db.js';
import type { Reference } from '../domain/leaves/leaf.js';
import { labelledIn, referencesIn } from '../domain/references.js';
import type { Names } from '../domain/wording/words.js';
import { loadNamed } from './definitions.js';

interface NameRow { id: string; name: string; nameKo: string | null }

/** How what conditions name is found by id, and where its readers find what there is. */
const SOURCES: Record<Reference['kind'], { sql: string; noun: string; listed: string }> = {
  list: { sql: `select l.id::text as id, l.name, null as "nameKo" from list as l where l.id = any($1::uuid[]) and l.archived_at is null`, noun: 'list with id', listed: '/v1/lists' },
  campaign: { sql: `select c.id::text as id, c.name, null as "nameKo" from campaign as c where c.id = any($1::uuid[])`, noun: 'campaign with id', listed: '/v1/campaigns' },
  topic: { sql: `select t.key as id, t.name, nullif(t.name_ko, '') as "nameKo" from topic as t where t.key = any($1::text[])`, noun: 'topic', listed: '/v1/topics' },
};

async function loadReferences(db: Db, references: readonly Reference[]): Promise<Map<string, NameRow>> {
  const found = new Map<string, NameRow>();
  for (const [kind, { sql }] of Object.entries(SOURCES)) {
    const ids = [...new Set(references.filter((reference) => reference.kind === kind).map(({ id }) => id))];
    if (ids.length > 0) for (const one of await rows<NameRow>(db, sql, [ids])) found.set(`${kind} ${one.id}`, one);
  }
  return found;
}

/** The names of everything that definitions name by id, and of what the segments they name do; labels of events and attributes. */
export async function loadNames(db: Db, definitions: readonly SegmentNode[]): Promise<Names> {
  const named = await loadNamed(db, definitions);
  const all = [...definitions, ...[...named.values()].map(({ definition }) => definition)];
  const references = all.flatMap((definition) => referencesIn(definition));
  const { events, attributes } = labelledIn(all);
  const labels = (await labelsOf(db, events, attributes)).filter(({ en, ko }) => en !== '' || ko !== '');
  const found = await loadReferences(db, references);
  return new Map<string, { name: string; nameKo?: string | null }>([...named, ...[...found.values()].map((one) => [one.id, one] as const), ...labels.map(({ kind, key, en, ko }) => [`${kind}:${key}`, { name: en || ko, nameKo: ko || en }] as const)]);
}

/** The references of a definition to what does not exist, each with its place below `basePath`. */
export async function findUnknown(db: Db, definition: SegmentNode, basePath: string): Promise<Problem[]> {
  const references = referencesIn(definition, basePath);
  const found = await loadReferences(db, references);
  return references.filter(({ kind, id }) => !found.has(`${kind} ${id}`)).map(({ kind, id, path }) => ({
    path, code: `segment.unknown-${kind}`, message: `There is no ${SOURCES[kind].noun} "${id}". GET ${SOURCES[kind].listed} shows which there are.`,
  }));
}
