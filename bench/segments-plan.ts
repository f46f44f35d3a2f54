import { rows, type Db } from '../src/platform/database/db.js';
import type { Compiled } from '../src/segments/domain/sql-values.js';

interface PlanNode { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; 'Join Type'?: string; 'Subplan Name'?: string; 'Partial Mode'?: string; Plans?: PlanNode[] }
const PASSED_OVER = new Set(['Gather', 'Gather Merge', 'Limit', 'Result', 'Subquery Scan', 'Memoize', 'Materialize', 'Hash', 'Sort', 'Incremental Sort', 'Bitmap Index Scan']);

/** How PostgreSQL goes about a statement: joins, groupings and the way each table is read, months and workers left out. */
export async function strategyOf(db: Db, { text, values }: Compiled): Promise<string> {
  const [found] = await rows<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(db, `explain (format json) ${text}`, values);
  return shape(found!['QUERY PLAN'][0]!.Plan);
}

function shape(node: PlanNode): string {
  const below = [...new Set((node.Plans ?? []).map(shape))].filter((text) => text !== '');
  const type = node['Node Type'];
  if (PASSED_OVER.has(type) || node['Partial Mode'] === 'Finalize' || type === 'Append' || type === 'Merge Append') return below.join(', ');
  const table = (node['Relation Name'] ?? node['Index Name'] ?? '').replace(/_(\d{4}_\d{2}|default)(_\w+)?$/, '');
  const name = [node['Join Type'] && node['Join Type'] !== 'Inner' ? `${node['Join Type']} ` : '', type, table ? ` ${table}` : ''].join('');
  return below.length > 0 ? `${name} (${below.join(', ')})` : name;
}
