import { newId, type Block, type Paragraph, type Run } from '../email-editor/content.js';

/** A field as it is written in a text: `{{person.name}}`, `{{default person.name "there"}}`. */
const FIELD = /\{\{\s*(default\s+)?((?:person|event|workspace|message)(?:\.(?:\[[^\]]+\]|[^\s"'{}()[\].]+))+)(?:\s+(?:"([^"\\]*)"|'([^'\\]*)'))?\s*\}\}/gu;

/** The text of a saved reply in this language, else in the language without its region, else in any. Pure. */
export function textIn(texts: Record<string, string>, language: string): { language: string; text: string } {
  const [base] = language.split('-', 1);
  const found = [language, base!, ...Object.keys(texts).filter((one) => one.split('-', 1)[0] === base), ...Object.keys(texts)].find((one) => texts[one] !== undefined)!;
  return { language: found, text: texts[found]! };
}

/** A plain text with the reply after what stands there, as a paragraph of its own. Pure. */
export const withReply = (text: string | undefined, texts: Record<string, string>, language: string): string => [text?.trimEnd(), textIn(texts, language).text].filter(Boolean).join('\n\n');

function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (const match of line.matchAll(FIELD)) {
    const [whole, withDefault, field, double, single] = match;
    const fallback = double ?? single;
    if ((withDefault === undefined) !== (fallback === undefined)) continue;
    if (match.index > from) runs.push({ text: line.slice(from, match.index) });
    runs.push({ field: field!, ...(fallback ? { default: fallback } : {}) });
    from = match.index + whole.length;
  }
  if (from < line.length) runs.push({ text: line.slice(from) });
  return runs;
}

/** Paragraphs are parted by an empty line; fields become fields again. Pure. */
export const paragraphsOfText = (text: string): Paragraph[] => text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n+/).map((part) => part.trim()).filter((part) => part !== '').map((part) => ({ type: 'paragraph', runs: runsOf(part) }));

/** A block of text that says what the reply says. */
export const blockOfText = (text: string): Block => ({ type: 'text', id: newId(), paragraphs: paragraphsOfText(text) });
