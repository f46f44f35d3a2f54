/** Markup that is safe to send: made only by {@link html}. */
export class Html {
  constructor(readonly text: string) {}
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const part = (value: unknown): string => {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(part).join('');
  return value === null || value === undefined || value === false ? '' : String(value).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
};

/** A template whose values are escaped, unless they are markup themselves; absent values leave nothing. Quote every attribute. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(strings.reduce((text, piece, index) => text + part(values[index - 1]) + piece));
}
