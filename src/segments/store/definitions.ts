import type { SegmentNode } from '../../contract/segment.js';
import { rows, type Db } from '../../platform/database/db.js';
import { namedSegments, type NamedDefinition } from '../domain/resolved.js';

const LIVE = 's.definition';
const LIVE_OR_COMING = `case when b.definition is null or b.definition = s.definition then s.definition
  else jsonb_build_object('type', 'any', 'of', jsonb_build_array(s.definition, b.definition)) end`;

/** The definitions a definition names, and those they name, and so on; archived ones are not found. */
export const loadNamed = (db: Db, definitions: readonly SegmentNode[]): Promise<Map<string, NamedDefinition>> => load(db, definitions, LIVE);

/** As {@link loadNamed}, with both definitions of a segment that is being edited: the edit may be adopted, or be cancelled. */
export const loadNamedOrComing = (db: Db, definitions: readonly SegmentNode[]): Promise<Map<string, NamedDefinition>> => load(db, definitions, LIVE_OR_COMING);

async function load(db: Db, definitions: readonly SegmentNode[], definition: string): Promise<Map<string, NamedDefinition>> {
  const known = new Map<string, NamedDefinition>();
  let wanted = [...new Set(definitions.flatMap(namedSegments))];
  while (wanted.length > 0) {
    const found = await rows<NamedDefinition>(db, `select s.id, s.name, ${definition} as definition from segment as s left join segment_build as b on b.segment_id = s.id where s.id = any($1::uuid[]) and s.state <> 'archived'`, [wanted]);
    for (const named of found) known.set(named.id, named);
    wanted = [...new Set(found.flatMap((named) => namedSegments(named.definition)))].filter((id) => !known.has(id));
  }
  return known;
}
