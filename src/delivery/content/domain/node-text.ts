import type { WireNode } from '../../../contract/visitor-wire.js';

const BLOCKS = new Set(['p', 'h2', 'h3', 'blockquote', 'ul', 'ol', 'pre']);

/** Nodes as plain text: blocks parted by blank lines, items of lists with a dash, addresses behind what leads to them. */
export function textOfNodes(nodes: readonly WireNode[]): string {
  return said(nodes).replace(/[ \t]+\n/g, '\n').replace(/\n{3,}/g, '\n\n').trim();
}

const said = (nodes: readonly WireNode[]): string => nodes.map(saidByOne).join('');

function saidByOne(node: WireNode): string {
  if (typeof node === 'string') return node;
  const [tag, attributes, ...children] = node;
  const inner = said(children);
  if (tag === 'br') return '\n';
  if (tag === 'hr') return '\n\n';
  if (tag === 'img') return (attributes && attributes.alt) || '';
  if (tag === 'li') return `\n- ${inner.trim()}`;
  const address = tag === 'a' && attributes ? attributes.href?.replace(/^(mailto|tel):/, '') : undefined;
  if (address && !inner.includes(address)) return `${inner} (${address})`;
  return BLOCKS.has(tag) ? `\n\n${inner}\n\n` : inner;
}
