import type { Block, InnerBlock } from '../../contract/email-blocks.js';
import type { EmailTexts } from '../../contract/message.js';
import type { Warning } from './compiled.js';

/** Gmail shows no more than 102 KB of a message. */
const CLIP_BYTES = 100_000;

/** Remarks about an e-mail that is published all the same, each at its place. @param made what became of it */
export function warningsOf(content: EmailTexts, { html, insecureImages }: { html: string; insecureImages: number }): Warning[] {
  const warnings: Warning[] = [];
  if (Buffer.byteLength(html) > CLIP_BYTES) warnings.push({ path: 'body', code: 'message.clipped', message: `The HTML has ${Math.ceil(Buffer.byteLength(html) / 1000)} KB before values are filled in; Gmail cuts messages above 102 KB.` });
  if (content.preheader === '') warnings.push({ path: 'preheader', code: 'message.no-preheader', message: 'Without a preheader the inbox shows the first words of the body.' });
  if (insecureImages > 0) warnings.push({ path: 'body', code: 'message.insecure-image', message: `${insecureImages === 1 ? 'A picture is' : `${insecureImages} pictures are`} addressed by http; mail programs and proxies show those of https only.` });
  return [...warnings, ...(content.blocks ?? []).flatMap((block, at) => warningsOfBlock(block, `blocks.${at}`))];
}

function warningsOfBlock(block: Block, path: string): Warning[] {
  if (block.type === 'columns') return (['left', 'right'] as const).flatMap((side) => block[side].flatMap((inner, at) => warningsOfInner(inner, `${path}.${side}.${at}`)));
  return block.type === 'mjml' ? [] : warningsOfInner(block, path);
}

const NO_LINK = { code: 'message.no-link', message: 'The button leads nowhere: it has no address.' };
const NO_PICTURE = { code: 'message.no-picture', message: 'The picture has no address.' };
const NO_ALT = { code: 'message.no-alt', message: 'The picture has no words for those who do not see it.' };

function warningsOfInner(block: InnerBlock, path: string): Warning[] {
  const at = (field: string, warning: { code: string; message: string }): Warning => ({ path: `${path}.${field}`, ...warning });
  const picture = ({ src, alt }: { src: string; alt: string }) => [...(src.trim() === '' ? [at('src', NO_PICTURE)] : []), ...(alt.trim() === '' ? [at('alt', NO_ALT)] : [])];
  if (block.type === 'image') return picture(block);
  if (block.type === 'button') return block.href.trim() === '' ? [at('href', NO_LINK)] : [];
  if (block.type !== 'product') return [];
  return [...(block.src.trim() === '' ? [] : picture(block)), ...(block.label !== '' && block.href.trim() === '' ? [at('href', NO_LINK)] : [])];
}
