/** A line of a notice: words, and links by their words. */
export type NoticeLine = { kind: 'head' | 'text' | 'detail'; parts: ({ text: string } | { label: string; url: string })[] } | { kind: 'image'; url: string };
export interface Notice { color: string | null; lines: NoticeLine[]; /** The one member who gets it. */ member: string | null }

type Json = Record<string, unknown>;
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const line = (kind: 'head' | 'text' | 'detail', text: string): NoticeLine => ({ kind, parts: [{ text }] });

/** Reads the body that a chat would get, of JANDI or of Slack, as what people see there. */
export function noticeOf(payload: unknown): Notice {
  const json = (payload ?? {}) as Json;
  return 'body' in json ? jandi(json) : slack(json);
}

function jandi({ body, connectColor, connectInfo, email }: Json): Notice {
  const details = listOf(connectInfo).flatMap(({ title, description, imageUrl }): NoticeLine[] => [
    line('detail', [title, description].map(textOf).filter(Boolean).join('\n')), ...(textOf(imageUrl) ? [{ kind: 'image' as const, url: textOf(imageUrl) }] : []),
  ]);
  return { color: textOf(connectColor) || null, member: textOf(email) || null, lines: [{ kind: 'text', parts: partsOf(textOf(body), /\[([^\]]*)\]\(([^)]*)\)/g, ([, label = '', url = '']) => ({ label, url })) }, ...details] };
}

function slack(json: Json): Notice {
  const [attachment] = listOf(json.attachments);
  const blocks = listOf(attachment?.blocks ?? json.blocks);
  const lines = blocks.flatMap((block, index): NoticeLine[] => {
    const said = textOf((block.text as Json | undefined)?.text);
    if (block.type === 'header') return [line('head', said)];
    if (block.type === 'image') return [{ kind: 'image', url: textOf(block.image_url) }];
    if (block.type === 'context') return listOf(block.elements).map(({ text }): NoticeLine => ({ kind: 'text', parts: partsOf(textOf(text), /<([^|>]*)\|([^>]*)>/g, ([, url = '', label = '']) => ({ label: plain(label), url: plain(url) })) }));
    return [line(index > (blocks[0]?.type === 'header' ? 1 : 0) ? 'detail' : 'text', plain(said))];
  });
  return { color: textOf(attachment?.color) || null, member: null, lines };
}

/** Slack's three control characters as themselves. */
const plain = (text: string): string => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

function partsOf(text: string, link: RegExp, read: (match: RegExpMatchArray) => { label: string; url: string }) {
  const parts: ({ text: string } | { label: string; url: string })[] = [];
  let at = 0;
  for (const match of text.matchAll(link)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    parts.push(read(match));
    at = match.index + match[0].length;
  }
  return at < text.length ? [...parts, { text: text.slice(at) }] : parts;
}
