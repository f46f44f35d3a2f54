export interface PlacedText { path: string; text: string; language: string | undefined }

const TEMPLATES = new Set(['subject', 'preheader', 'body', 'text', 'fromName', 'replyTo', 'title', 'memberEmail']);
/** Parts whose texts are templates all the way down. */
const PARTS = ['buttons', 'image', 'survey', 'details', 'links'];
/** What stands in those parts and is no text that somebody reads. */
const FIXED = new Set(['key', 'kind', 'saveAs', 'requestFor', 'tags']);

/** The fields of a message that are templates, each with its place. */
export function templatesIn(content: object): PlacedText[] {
  const { language, translations = {} } = content as { language?: string; translations?: Record<string, object> };
  const of = (texts: object, place: string, written: string | undefined): PlacedText[] => [
    ...Object.entries(texts).flatMap(([field, text]) => (TEMPLATES.has(field) && typeof text === 'string' ? [{ path: place + field, text, language: written }] : [])),
    ...PARTS.flatMap((part) => below((texts as Record<string, unknown>)[part], place + part).map(([path, text]) => ({ path, text, language: written }))),
  ];
  return [...of(content, '', language), ...Object.entries(translations).flatMap(([tagName, texts]) => of(texts, `translations.${tagName}.`, tagName))];
}

function below(value: unknown, place: string): [string, string][] {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (FIXED.has(key) ? [] : below(each, `${place}.${key}`)));
}
