import type { Paragraph, Run } from './content.js';

/** Rich text of the contract to the document of the text editor, and back. */

/** A node of that document, in the shape of TipTap's JSON; its own types would bring those of a browser to whoever reads this file. */
export interface DocNode { type?: string; text?: string; attrs?: Record<string, unknown>; marks?: { type: string; attrs?: Record<string, unknown> }[]; content?: DocNode[] }

const MARKS = ['bold', 'italic', 'underline', 'strike'] as const;

function marksOf(run: Run): NonNullable<DocNode['marks']> {
  return [...MARKS.filter((name) => run[name]).map((type) => ({ type })), ...(run.href === undefined ? [] : [{ type: 'link', attrs: { href: run.href } }])];
}

function inline(run: Run): DocNode[] {
  const marks = marksOf(run);
  if ('field' in run) return [{ type: 'field', attrs: { field: run.field, default: run.default ?? null }, marks }];
  return run.text.split('\n').flatMap((text, index) => [...(index > 0 ? [{ type: 'hardBreak', marks }] : []), ...(text === '' ? [] : [{ type: 'text', text, marks }])]);
}

const lineOf = (runs: readonly Run[]): DocNode => ({ type: 'paragraph', content: runs.flatMap(inline) });

export const docOfRuns = (runs: readonly Run[]): DocNode => ({ type: 'doc', content: [lineOf(runs)] });

export function docOf(paragraphs: readonly Paragraph[]): DocNode {
  const content = paragraphs.map((one): DocNode => (one.type === 'paragraph' ? lineOf(one.runs) : { type: one.type === 'bullets' ? 'bulletList' : 'orderedList', content: one.items.map((item) => ({ type: 'listItem', content: [lineOf(item)] })) }));
  return { type: 'doc', content: content.length > 0 ? content : [lineOf([])] };
}

function lookOf(marks: DocNode['marks'] = []): Omit<Run, 'text' | 'field' | 'default'> {
  const link = marks.find(({ type }) => type === 'link')?.attrs?.href as string | undefined;
  return { ...Object.fromEntries(MARKS.filter((name) => marks.some(({ type }) => type === name)).map((name) => [name, true])), ...(link ? { href: link } : {}) };
}

const keyOf = (run: Run): string => JSON.stringify({ ...run, text: undefined });

function runsOf(nodes: readonly DocNode[] = []): Run[] {
  const runs: Run[] = [];
  for (const { type, text, attrs, marks } of nodes) {
    const look = lookOf(marks);
    const run: Run = type === 'field' ? { field: String(attrs?.field), ...(attrs?.default === null || attrs?.default === undefined ? {} : { default: String(attrs.default) }), ...look } : { text: type === 'hardBreak' ? '\n' : (text ?? ''), ...look };
    const before = runs.at(-1);
    if (before && 'text' in before && 'text' in run && keyOf(before) === keyOf(run)) before.text += run.text;
    else if (!('text' in run) || run.text !== '') runs.push(run);
  }
  return runs;
}

/** Lists inside lists are not offered in e-mails: their items follow those of the outer one. */
const itemsOf = (list: DocNode): Run[][] => (list.content ?? []).flatMap((item) => (item.content ?? []).flatMap((child) => (child.type === 'paragraph' ? [runsOf(child.content)] : itemsOf(child))));

export function paragraphsOf(doc: DocNode): Paragraph[] {
  return (doc.content ?? []).map((node): Paragraph => (node.type === 'paragraph' ? { type: 'paragraph', runs: runsOf(node.content) } : { type: node.type === 'bulletList' ? 'bullets' : 'numbers', items: itemsOf(node) }));
}

/** A heading is one line: further paragraphs of it become breaks. */
export const runsOfDoc = (doc: DocNode): Run[] => runsOf((doc.content ?? []).flatMap((node, index) => [...(index > 0 ? [{ type: 'hardBreak' }] : []), ...(node.content ?? [])]));
