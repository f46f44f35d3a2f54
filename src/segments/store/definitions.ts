import type { SegmentNode } from '../../contract/segment.js';
import { rows, type Db } from '../../platform/database/db.js';
import { namedSegments, type NamedDefinition } from '../domain/resolved.js';

/** The definitions a definition names, and those they name, and so on; archived ones are not found. */
export async function loadNamed(db: Db, definitions: readonly SegmentNode[]): Promise<Map<string, NamedDefinition>> {
  const known = new Map<string, NamedDefinition>();
  let wanted = [...new Set(definitions.flatMap(namedSegments))];
  while (wanted.length > 0) {
    const found = await rows<NamedDefinition>(db, `select s.id, s.name, s.definition from segment as s where s.id = any($1::uuid[]) and s.state <> 'archived'`, [wanted]);
    for (const named of found) known.set(named.id, named);
    wanted = [...new Set(found.flatMap(({ definition }) => namedSegments(definition)))].filter((id) => !known.has(id));
  }
  return known;
}
