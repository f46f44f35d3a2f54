import { pickLanguage } from '../../kernel/language.js';
import { RenderFailure, type CompiledEmail, type CompiledInApp, type LinkSigner, type RenderContext, type RenderedEmail, type RenderedInApp } from './compiled.js';
import { shownLength, type Found } from './helper-values.js';
import { renderEmail, renderInApp } from './render.js';

/** What may be wrong with a message for one person. */
export type ProblemKind = Found['kind'] | 'missing_language' | 'long_subject' | 'large_body';

/** `subject` says what: the variable, the fault, the language. Never a value of the person. */
export interface PersonProblem { kind: ProblemKind; part: string; subject: string }

export interface Diagnosis {
  /** Null when the message can not be made. */
  message: RenderedEmail | RenderedInApp | null;
  language: string | null;
  problems: PersonProblem[];
}

/** Most mail programs on a desk show some 70 characters of a subject, phones about 40. */
export const SUBJECT_LENGTH = 70;
/** Gmail shows no more than 102 KB of a message. */
export const BODY_BYTES = 100_000;

/** Makes the message and says everything that is wrong with it for this person, not only the first thing. Pure. */
export function diagnose(compiled: CompiledEmail | CompiledInApp, context: RenderContext, links: LinkSigner, subjectLength = SUBJECT_LENGTH): Diagnosis {
  const render = (found?: Found[]) => (compiled.kind === 'email' ? renderEmail(compiled, context, links, found) : renderInApp(compiled, context, links, found));
  try {
    const message = render();
    return { message, language: message.language, problems: [...otherLanguage(compiled, context), ...('html' in message ? remarks(message, subjectLength) : [])] };
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error;
    if (error.code === 'LANGUAGE_MISSING') return { message: null, language: null, problems: [{ kind: 'missing_language', part: 'language', subject: wantedIn(context) }] };
    const found: Found[] = [];
    const { language } = render(found);
    const problems = once(found);
    // What stopped the message is always among them: an empty subject is no fault of a template.
    return { message: null, language, problems: problems.length > 0 ? problems : [{ kind: 'render_error', part: partOf(error), subject: error.detail.slice(partOf(error).length + 2) }] };
  }
}

const partOf = ({ detail }: RenderFailure) => detail.split(':', 1)[0]!;

/** The language somebody asks for; the workspace's when they told us none. */
export const wantedIn = ({ readIn, person, workspace }: RenderContext): string => readIn || person.language || workspace.language;

/** The person reads a fallback. */
function otherLanguage({ language, translations = {} }: CompiledEmail | CompiledInApp, context: RenderContext): PersonProblem[] {
  const isTheirs = language === undefined || pickLanguage(wantedIn(context), [language, ...Object.keys(translations)]) !== null;
  return isTheirs ? [] : [{ kind: 'missing_language', part: 'language', subject: wantedIn(context) }];
}

function remarks({ subject, html }: RenderedEmail, subjectLength: number): PersonProblem[] {
  const length = shownLength(subject);
  const bytes = Buffer.byteLength(html);
  return [
    ...(length > subjectLength ? [{ kind: 'long_subject' as const, part: 'subject', subject: `more than ${subjectLength} characters` }] : []),
    ...(bytes > BODY_BYTES ? [{ kind: 'large_body' as const, part: 'body', subject: `more than ${BODY_BYTES / 1000} KB` }] : []),
  ];
}

/** The text part is mostly made of the body, whose problems are not told twice. */
function once(found: readonly Found[]): Found[] {
  const keyOf = ({ kind, part, subject }: Found) => `${kind} ${part === 'text' ? 'body' : part} ${subject}`;
  const bodies = new Set(found.filter(({ part }) => part === 'body').map(keyOf));
  return [...new Map(found.filter((one) => one.part !== 'text' || !bodies.has(keyOf(one))).map((one) => [keyOf(one), one])).values()];
}
