import { readFileSync } from 'node:fs';

interface Places { places(): [file: string, address: string][]; linkFaults(file: string): string[]; linksOf(text: string): { at: number; to: string; picture: boolean }[] }
const script: string = '../../../site/places.mjs';
/** What the documentation site is made of; the same functions build it. */
export const site = (await import(script)) as Places;

/** A fence of a page: its language, its text, and the line it begins in. */
export interface Fence { language: string; text: string; line: number }

/** @returns the fences of a page in their order */
export function fencesOf(file: string): Fence[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```([\w-]*)[^\n]*\n([\s\S]*?)^```[ \t]*$/gm)].map((match) => ({ language: match[1]!, text: match[2]!, line: text.slice(0, match.index).split('\n').length }));
}

/** A block of commands with the answer that is shown right behind it, when one is. */
export interface Commands { text: string; line: number; answer: unknown }

/** @returns the blocks marked `sh` of a page; a `json` block that comes next is what the last command of it answers */
export function commandsOf(file: string): Commands[] {
  const fences = fencesOf(file);
  return fences.flatMap((fence, index) => {
    if (fence.language !== 'sh') return [];
    const next = fences[index + 1];
    return [{ text: fence.text, line: fence.line, answer: next?.language === 'json' ? (JSON.parse(next.text) as unknown) : undefined }];
  });
}

/** Where an answer is not as the one shown: a field that is not there, one of another type, another word. Numbers may differ, and `"…"` stands for anything. */
export function unlike(shown: unknown, got: unknown, path = 'answer'): string[] {
  if (shown === '…') return got === undefined ? [`${path} is not there`] : [];
  if (Array.isArray(shown)) {
    if (!Array.isArray(got)) return [`${path} is no list`];
    return shown.flatMap((each, index) => unlike(each, got[index], `${path}[${index}]`));
  }
  if (typeof shown === 'object' && shown !== null) {
    if (typeof got !== 'object' || got === null) return [`${path} is no object`];
    return Object.entries(shown).flatMap(([key, each]) => unlike(each, (got as Record<string, unknown>)[key], `${path}.${key}`));
  }
  if (typeof shown === 'number') return typeof got === 'number' ? [] : [`${path} is no number: ${JSON.stringify(got)}`];
  return shown === got ? [] : [`${path} is shown as ${JSON.stringify(shown)} and is ${JSON.stringify(got)}`];
}
