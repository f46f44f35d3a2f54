import { bodyOfBlocks } from '../../../../../src/contract/blocks-to-mjml.js';
import type { Block, InnerBlock } from '../../../../../src/contract/email-blocks.js';
import type { EmailContent, EmailTexts } from '../../../../../src/contract/message.js';

export type { Block, Condition, InnerBlock, Paragraph, Run } from '../../../../../src/contract/email-blocks.js';
export type { EmailContent, EmailTexts } from '../../../../../src/contract/message.js';

/** Where a block stands: in the message itself, or in one column of a block of two. */
export type List = { columns: string; side: 'left' | 'right' } | null;
const SIDES = ['left', 'right'] as const;
/** What differs from language to language; everything else of a block is the same in all. */
const WORDS: Record<string, true> = { runs: true, paragraphs: true, label: true, href: true, src: true, alt: true, title: true, note: true, price: true, mjml: true };

export const newId = (): string => `b${Math.random().toString(36).slice(2, 10)}`;

/** Nothing yet, to be written in blocks. */
export const newEmail = (language?: string): EmailContent => ({ subject: '', preheader: '', body: '', blocks: [], layout: 'plain', ...(language ? { language } : {}) });

/** Half an e-mail, as drafts have it, with what the editor needs: blocks, unless it is written in code. */
export function wholeEmail(content: Partial<EmailContent> = {}): EmailContent {
  const { blocks, ...rest } = newEmail();
  return { ...rest, ...(content.body ? {} : { blocks }), ...content } as EmailContent;
}

/** The language itself is the one that is not among the translations. */
export const isOwn = (content: EmailContent, language: string | undefined): boolean => language === undefined || content.translations?.[language] === undefined;
export const textsIn = (content: EmailContent, language: string | undefined): EmailTexts => (isOwn(content, language) ? content : content.translations![language!]!);
export const languagesOf = (content: EmailContent): string[] => [...(content.language ? [content.language] : []), ...Object.keys(content.translations ?? {})];

export function withTexts(content: EmailContent, language: string | undefined, change: Partial<EmailTexts>): EmailContent {
  if (isOwn(content, language)) return { ...content, ...change };
  return { ...content, translations: { ...content.translations, [language!]: { ...content.translations![language!]!, ...change } } };
}

/** Begins a translation with what stands in the message itself, to be written over. */
export function addLanguage(content: EmailContent, own: string, added: string): EmailContent {
  const { subject, preheader, body, text, blocks } = content;
  const copy: EmailTexts = { subject, preheader, body, ...(text === undefined ? {} : { text }), ...(blocks ? { blocks: structuredClone(blocks) } : {}) };
  return { ...content, language: own, translations: { ...content.translations, [added]: copy } };
}

export function removeLanguage(content: EmailContent, language: string): EmailContent {
  const { [language]: _gone, ...left } = content.translations ?? {};
  const { translations: _all, ...rest } = content;
  return Object.keys(left).length > 0 ? { ...rest, translations: left } : rest;
}

const bodied = (texts: EmailTexts, blocks: Block[]): Partial<EmailTexts> => ({ ...texts, blocks, body: bodyOfBlocks(blocks) });

/** Does the same to the blocks of every language, so that all keep the same shape. */
function inEvery(content: EmailContent, change: (blocks: Block[], language: string | undefined) => Block[]): EmailContent {
  let next = content;
  for (const language of [undefined, ...Object.keys(content.translations ?? {})]) {
    const texts = textsIn(content, language);
    if (texts.blocks) next = withTexts(next, language, bodied({ subject: texts.subject, preheader: texts.preheader, body: '' }, change(texts.blocks, language)));
  }
  return next;
}

/** Every list of blocks in a message, changed. */
function lists(blocks: Block[], change: (list: Block[], which: List) => Block[]): Block[] {
  return change(blocks, null).map((block) => (block.type === 'columns' ? { ...block, ...Object.fromEntries(SIDES.map((side) => [side, change(block[side], { columns: block.id, side })])) } : block));
}

const isSame = (a: List, b: List): boolean => a?.columns === b?.columns && a?.side === b?.side;

export const findBlock = (blocks: readonly Block[], id: string): Block | undefined => blocks.flatMap((block) => [block, ...(block.type === 'columns' ? [...block.left, ...block.right] : [])]).find((block) => block.id === id);

/** A block that was taken away: where it stood, and what it said in each language (null: the message itself). */
export interface Removed { list: List; index: number; said: Map<string | null, Block> }

export function removeBlock(content: EmailContent, id: string): { content: EmailContent; removed: Removed } {
  const removed: Removed = { list: null, index: 0, said: new Map() };
  const next = inEvery(content, (blocks, language) => lists(blocks, (list, which) => {
    const index = list.findIndex((block) => block.id === id);
    if (index < 0) return list;
    Object.assign(removed, { list: which, index });
    removed.said.set(language ?? null, list[index]!);
    return list.toSpliced(index, 1);
  }));
  return { content: next, removed };
}

/** Puts a block back where it stood, with its words in each language; other changes made since stay. */
export const restoreBlock = (content: EmailContent, { list: where, index, said }: Removed): EmailContent => inEvery(content, (blocks, language) => {
  const block = said.get(language ?? null) ?? said.get(null);
  return block ? lists(blocks, (list, which) => (isSame(which, where) ? list.toSpliced(index, 0, block) : list)) : blocks;
});

export const insertBlock = (content: EmailContent, where: List, index: number, block: Block): EmailContent => inEvery(content, (blocks) => lists(blocks, (list, which) => (isSame(which, where) ? list.toSpliced(index, 0, structuredClone(block)) : list)));

export const moveBlock = (content: EmailContent, id: string, by: -1 | 1): EmailContent => inEvery(content, (blocks) => lists(blocks, (list) => {
  const index = list.findIndex((block) => block.id === id);
  const to = index + by;
  return index < 0 || to < 0 || to >= list.length ? list : list.toSpliced(index, 1).toSpliced(to, 0, list[index]!);
}));

export function duplicateBlock(content: EmailContent, id: string): { content: EmailContent; id: string } {
  const ids = new Map<string, string>();
  const fresh = (old: string) => ids.get(old) ?? (ids.set(old, newId()), ids.get(old)!);
  const copy = (block: Block): Block => (block.type === 'columns' ? { ...block, id: fresh(block.id), left: block.left.map((inner) => copy(inner) as InnerBlock), right: block.right.map((inner) => copy(inner) as InnerBlock) } : { ...block, id: fresh(block.id) });
  const next = inEvery(content, (blocks) => lists(blocks, (list) => {
    const index = list.findIndex((block) => block.id === id);
    return index < 0 ? list : list.toSpliced(index + 1, 0, copy(structuredClone(list[index]!)));
  }));
  return { content: next, id: fresh(id) };
}

/** Changes a block: its words in this language alone, everything else in all of them. */
export function changeBlock(content: EmailContent, language: string | undefined, id: string, change: Partial<Block>): EmailContent {
  const shared = Object.fromEntries(Object.entries(change).filter(([key]) => !(key in WORDS)));
  const own = isOwn(content, language) ? undefined : language;
  return inEvery(content, (blocks, each) => lists(blocks, (list) => list.map((block) => (block.id === id ? stripped({ ...block, ...(each === own ? change : shared) } as Block) : block))));
}

/** Without what is undefined: JSON has no such value. */
const stripped = (block: Block): Block => Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined)) as unknown as Block;

/** The MJML becomes the truth, in every language. There is no way back. */
export function toCode(content: EmailContent): EmailContent {
  const without = <T extends EmailTexts>({ blocks, ...texts }: T) => (blocks ? { ...texts, body: bodyOfBlocks(blocks) } : texts);
  const translations = content.translations && Object.fromEntries(Object.entries(content.translations).map(([language, texts]) => [language, without(texts)]));
  return { ...(without(content) as EmailContent), ...(translations ? { translations } : {}) };
}

/** Blocks whose words are still those of the message itself. */
export function untranslated(content: EmailContent, language: string | undefined): string[] {
  if (isOwn(content, language)) return [];
  const own = content.blocks ?? [];
  const words = (block: Block | undefined) => JSON.stringify(Object.entries(block ?? {}).filter(([key]) => key in WORDS && key !== 'href' && key !== 'src'));
  return (textsIn(content, language).blocks ?? []).flatMap((block) => [block, ...(block.type === 'columns' ? [...block.left, ...block.right] : [])])
    .filter((block) => words(block) !== '[]' && /\p{L}/u.test(words(block).replaceAll(/"[a-z]+":/gi, '')) && words(block) === words(findBlock(own, block.id))).map(({ id }) => id);
}
