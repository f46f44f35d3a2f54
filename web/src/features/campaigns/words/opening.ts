const FIRST_WORDS = 60;

/** The words a message begins with, whatever its channel, as its author wrote them: with templates. Empty: nothing is written yet. */
export function openingOf(content: unknown): string {
  const { subject, title, body, text, event, survey } = (content ?? {}) as Partial<Record<'subject' | 'title' | 'body' | 'text' | 'event', unknown>> & { survey?: { question?: unknown } };
  const words = [subject, title, survey?.question, text, plainOf(body), event].map((one) => (typeof one === 'string' ? one.trim() : '')).find((one) => one !== '') ?? '';
  if (words.length <= FIRST_WORDS) return words;
  const open = words.lastIndexOf('{{', FIRST_WORDS);
  const close = open < 0 ? -1 : words.indexOf('}}', open) + 2;
  // A field is never cut in two.
  return `${words.slice(0, Math.max(FIRST_WORDS, close))}…`;
}

const plainOf = (body: unknown) => (typeof body === 'string' ? body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') : '');
