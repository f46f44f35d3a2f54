import { mergeAttributes, Node } from '@tiptap/react';
import { fieldTag } from '../../../../../src/contract/blocks-to-mjml.ts';

const shown = (field: string, fallback: string | null) => (fallback === null ? field : `${field} · “${fallback}”`);

/** A field inside a text as one piece: it is never half deleted or half translated. Its marks are those of the text around it. */
export const FieldNode = Node.create({
  name: 'field', group: 'inline', inline: true, atom: true, selectable: true, draggable: false,
  addAttributes: () => ({
    field: { default: '', parseHTML: (element) => element.getAttribute('data-field'), renderHTML: ({ field }) => ({ 'data-field': field as string }) },
    default: { default: null, parseHTML: (element) => element.getAttribute('data-default'), renderHTML: ({ default: fallback }) => (fallback === null ? {} : { 'data-default': fallback as string }) },
  }),
  parseHTML: () => [{ tag: 'span[data-field]' }],
  renderHTML: ({ node, HTMLAttributes }) => ['span', mergeAttributes(HTMLAttributes, { class: 'field-tag' }), shown(node.attrs.field as string, node.attrs.default as string | null)],
  renderText: ({ node }) => fieldTag({ field: node.attrs.field as string, ...(node.attrs.default === null ? {} : { default: node.attrs.default as string }) }),
});
