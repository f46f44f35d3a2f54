import { bodyOfBlocks } from '../../contract/blocks-to-mjml.js';
import type { EmailBlocks } from '../../contract/email-blocks.js';
import type { Db } from '../../platform/database/db.js';
import { loadBookFor } from './store/snippets.store.js';
import { FieldChecks } from './template-field.js';
import { templatesIn } from './templates-in.js';

/** A value without which a message is not made, and where it stands: `subject`, `translations.ko.blocks.2`. */
export interface NeededTag { path: string; place: string }

/**
 * The values that a message can not do without. One that the same text asks for first (`{{#if person.plan}}`) or gives words for is not
 * among them. Templates that can not be read need nothing: they are faults anyway.
 */
export async function neededTags(db: Db, content: object): Promise<NeededTag[]> {
  const book = await loadBookFor(db, content);
  return templatesIn(content).flatMap(({ path: place, text, language }) => {
    const uses = new FieldChecks({ book, language }).check(place, text, place.endsWith('body') ? 'body' : 'text')?.uses ?? [];
    const spared = new Set(uses.filter(({ required }) => !required).map(({ path }) => path));
    const needed = new Set(uses.filter(({ path, required }) => required && !spared.has(path)).map(({ path }) => path));
    return [...needed].map((path) => ({ path, place: blockOf(content, place, path) }));
  });
}

/** A body made of blocks is written in its blocks: the first that names the value. */
function blockOf(content: object, place: string, path: string): string {
  const [, at = ''] = /^(?:(translations\.[^.]+\.))?body$/.exec(place) ?? [];
  if (!place.endsWith('body')) return place;
  const language = at.split('.')[1];
  const texts = (language === undefined ? content : (content as { translations: Record<string, object> }).translations[language]) as { blocks?: EmailBlocks };
  const index = texts.blocks?.findIndex((block) => bodyOfBlocks([block]).includes(path)) ?? -1;
  return index < 0 ? place : `${at}blocks.${index}`;
}
