import { newId, type Block } from './content.ts';

export const KINDS = ['heading', 'text', 'button', 'image', 'divider', 'spacer', 'columns', 'product', 'mjml'] as const;
export type Kind = (typeof KINDS)[number];
/** What may stand in a column. */
export const INNER_KINDS = KINDS.filter((kind) => kind !== 'columns' && kind !== 'mjml');

const MJML = '<mj-section>\n  <mj-column>\n    <mj-text></mj-text>\n  </mj-column>\n</mj-section>';

const EMPTY: { [K in Kind]: () => Omit<Extract<Block, { type: K }>, 'id'> } = {
  heading: () => ({ type: 'heading', level: 1, runs: [] }),
  text: () => ({ type: 'text', paragraphs: [{ type: 'paragraph', runs: [] }] }),
  button: () => ({ type: 'button', label: '', href: '' }),
  image: () => ({ type: 'image', src: '', alt: '' }),
  divider: () => ({ type: 'divider' }),
  spacer: () => ({ type: 'spacer', height: 24 }),
  columns: () => ({ type: 'columns', left: [], right: [] }),
  product: () => ({ type: 'product', src: '', alt: '', title: '', note: '', price: '', label: '', href: '' }),
  mjml: () => ({ type: 'mjml', mjml: MJML }),
};

/** A block of this kind with nothing in it. */
export const newBlock = (kind: Kind): Block => ({ ...EMPTY[kind](), id: newId() }) as Block;

/** The first words of a block, to tell it from others; empty where it has none. */
export function wordsOf(block: Block): string {
  const line = (runs: readonly ({ text: string } | { field: string })[]) => runs.map((run) => ('field' in run ? `{${run.field.split('.').at(-1)}}` : run.text)).join('');
  switch (block.type) {
    case 'heading': return line(block.runs);
    case 'text': return block.paragraphs.map((one) => (one.type === 'paragraph' ? line(one.runs) : one.items.map(line).join(', '))).join(' ');
    case 'button': return block.label;
    case 'image': return block.alt || block.src;
    case 'product': return block.title;
    case 'spacer': return `${block.height} px`;
    default: return '';
  }
}
