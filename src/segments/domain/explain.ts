import type { SegmentNode } from '../../contract/segment.js';
import { lookupSql, queryAt } from './compile.js';
import { edgesOf } from './edges.js';
import { kindOf } from './leaves/leaf-kinds.js';
import { isLeaf, joinPath, type Resolved } from './resolved.js';
import { clauseOf } from './sentence.js';
import { SqlValues, type Compiled } from './sql-values.js';
import type { Names } from './wording/words.js';

/** One node of an explanation; `path` is its place in the definition (below a nested segment, in that one's). */
export interface Explained {
  path: string;
  type: Resolved['type'];
  /** The condition in words; left out when nobody gave the names it takes. */
  sentence?: { en: string; ko: string };
  truth: boolean;
  /** What a leaf compared: the value, the date, the number of events, whether the tag is set; null when missing. */
  compared?: unknown;
  segment?: { id: string; name: string };
  /** The first moment at which time alone changes this node; null when it never does, or not within the moments looked at. */
  nextChangeAt: string | null;
  of?: Explained[];
}

interface Place { node: Resolved; path: string; children: number[] }

/** The nodes of a tree in a fixed order, each before its children. */
export function placesOf(tree: Resolved): Place[] {
  const places: Place[] = [];
  const visit = (node: Resolved, path: string): number => {
    const place: Place = { node, path, children: [] };
    const index = places.push(place) - 1;
    if (node.type === 'all' || node.type === 'any') place.children = node.of.map((child, at) => visit(child, joinPath(path, 'of', at)));
    else if (node.type === 'not') place.children = [visit(node.of, joinPath(path, 'of'))];
    else if (node.type === 'segment') place.children = [visit(node.of, joinPath(path, 'segment'))];
    return index;
  };
  visit(tree, '');
  return places;
}

/** The truth of every node at each moment, and (at the first one) what the leaves compared. */
export function compileExplain(places: readonly Place[], personId: string, moments: readonly string[], timeZone: string): Compiled {
  const values = new SqlValues();
  const query = queryAt('q.at', values, timeZone);
  const truths = places.map(({ node }) => lookupSql(node, query)).join(', ');
  const compared = places.map(({ node }) => (isLeaf(node) ? kindOf(node).compared(node, query) : 'null::jsonb')).join(', ');
  return {
    text: `
      select q.at::text as at, array[${truths}] as truths, case when q.place = 1 then array[${compared}]::jsonb[] end as compared
        from unnest(${values.bind(moments, 'timestamptz[]')}) with ordinality as q (at, place)
        join person as p on p.id = ${values.bind(personId, 'uuid')}
       order by q.place`,
    values: values.list,
  };
}

export interface TruthsAt { at: string; truths: boolean[]; compared: unknown[] | null }

/** Whether some node that time can change has the same truth in all of these answers. */
export function isChangeMissing(places: readonly Place[], answers: readonly TruthsAt[]): boolean {
  return places.some(({ node }, index) => edgesOf(node).length > 0 && answers.every(({ truths }) => truths[index] === answers[0]!.truths[index]));
}

/** Puts the answers of {@link compileExplain} into the form of the tree; the first one is the moment asked about. */
export function assembleExplanation(places: readonly Place[], answers: readonly TruthsAt[], names?: Names): Explained {
  const [first, ...later] = answers as [TruthsAt, ...TruthsAt[]];
  const build = (index: number): Explained => {
    const { node, path, children } = places[index]!;
    const truth = first.truths[index]!;
    const change = later.find((answer) => answer.truths[index] !== truth);
    const explained: Explained = { path, type: node.type, ...(names ? { sentence: clauseOf(asWritten(node), names) } : {}), truth, nextChangeAt: change ? new Date(change.at).toISOString() : null };
    if (node.type === 'segment') explained.segment = { id: node.segmentId, name: node.name };
    if (children.length > 0) return { ...explained, of: children.map(build) };
    return { ...explained, compared: first.compared?.[index] ?? null };
  };
  return build(0);
}

/** A nested segment is said by its name, not by what it contains. */
function asWritten(node: Resolved): SegmentNode {
  switch (node.type) {
    case 'all': case 'any': return { type: node.type, of: node.of.map(asWritten) };
    case 'not': return { type: 'not', of: asWritten(node.of) };
    case 'segment': return { type: 'segment', op: node.op, segmentId: node.segmentId };
    default: return node;
  }
}
