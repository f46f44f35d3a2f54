import type { Problem } from '../../kernel/errors.js';
import type { Warning } from './compiled.js';
import { inlineSnippets, nothingInlined, writtenAt, type Inlined, type Inlining, type SnippetKind } from './snippets.js';
import { checkTemplate, type CheckedTemplate } from './template-check.js';
import { normalised, placeOf, TemplateFault } from './template-source.js';

/** A path, or one that depends on the line at fault. */
export type PathOf = string | ((line: number) => string);
export const pathAt = (path: PathOf, line: number): string => (typeof path === 'string' ? path : path(line));

/** A fault with the place where it was written, which may be inside a snippet. @param own the snippet that is checked, if it is one */
export function problemIn(path: PathOf, inlined: Pick<Inlined, 'pieces' | 'source'>, { code, message, offset }: Pick<TemplateFault, 'code' | 'message' | 'offset'>, own: string | null = null): Problem {
  const { key, line, column } = writtenAt(inlined, offset);
  return { path: pathAt(path, ownLine(inlined, offset, own)), code, message: `${key === own ? '' : `in the snippet "${key}", `}line ${line}, column ${column}: ${message}` };
}

/** The line of the author's own text; what stands inside a snippet is at fault where the snippet is named. */
export function ownLine({ pieces, source }: Pick<Inlined, 'pieces' | 'source'>, offset: number, own: string | null = null): number {
  const index = pieces.findLastIndex(({ key, start }) => key === own && start <= offset);
  const piece = pieces[index];
  if (!piece) return placeOf(source, offset).line;
  return placeOf(piece.from, piece.offset + Math.min(offset, pieces[index + 1]?.start ?? offset) - piece.start).line;
}

/** Checks the templates of one language of a message and gathers what is to be said about them. */
export class FieldChecks {
  readonly problems: Problem[] = [];
  readonly warnings: Warning[] = [];

  constructor(private readonly inlining: Inlining) {}

  /** The template with its snippets in place; null when it has a fault, which is then among the problems. */
  check(path: PathOf, text: string, field: SnippetKind = 'text'): CheckedTemplate | null {
    const own = normalised(text);
    const inlined = nothingInlined();
    try {
      inlineSnippets(own, field, this.inlining, inlined);
      const checked = checkTemplate(inlined.source);
      for (const { key, language } of inlined.otherLanguage) this.warnings.push({ path: pathAt(path, 0), code: 'message.snippet-language', message: `The snippet "${key}" is not written in ${this.inlining.language}; its text in ${language} stands here.` });
      return { ...checked, inlined };
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      this.problems.push(problemIn(path, inlined, error));
      return null;
    }
  }
}
