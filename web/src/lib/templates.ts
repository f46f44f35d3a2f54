/** A piece of a template as people read it: words, or the name of a field with what is said where it has no value. */
export type Piece = { text: string } | { field: string; fallback: string | null };

const MUSTACHE = /\{\{([^{}]*)\}\}/g;
/** A plain field, or `default` with one and the words to say instead. */
const FIELD = /^\s*(?:default\s+)?([\p{L}\p{N}_$.[\]@-]+)\s*(?:"([^"]*)"|'([^']*)')?\s*$/u;
/** The first name in an expression that is one: of `date person.trial_ends "long"` it is `person.trial_ends`. */
const NAMED = /(?:^|[\s(])((?:person|event|workspace|message)\.[^\s()"']+)/;

/**
 * A template parted into its words and its fields. Blocks (`{{#if …}}`) and comments say nothing themselves and are left out; of any
 * other expression the field it is about stands for it.
 */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = [];
  const say = (text: string) => { if (text !== '') pieces.push({ text }); };
  let at = 0;
  for (const match of template.matchAll(MUSTACHE)) {
    say(template.slice(at, match.index));
    at = match.index + match[0].length;
    const inside = match[1]!;
    if (/^\s*[#/!^>]|^\s*else\b/.test(inside)) continue;
    const [, field, double, single] = FIELD.exec(inside) ?? [];
    pieces.push({ field: field ?? NAMED.exec(inside)?.[1] ?? inside.trim(), fallback: double ?? single ?? null });
  }
  say(template.slice(at));
  return pieces;
}

/** The same as plain text, for names and labels: fields stand in ‹ ›. */
export const saidTemplate = (template: string): string => piecesOf(template).map((piece) => ('text' in piece ? piece.text : `‹${piece.field}›`)).join('');
