import { RegExpParser, type AST } from '@eslint-community/regexpp';
import type { PageRule } from '../../../contract/display.js';
import type { WireExpression } from '../../../contract/visitor-wire.js';
import { translatePattern } from '../../../segments/domain/url-pattern.js';

type Step = string | readonly number[];

/**
 * A page pattern as an expression for browsers over host and path; or, in one sentence, why there is none. It means what
 * `segments/domain/url-pattern.ts` makes of the pattern for PostgreSQL. A browser's own matcher goes back and can be made to
 * run for years, so whatever may match in several ways becomes steps of an automaton; what may not stays one text.
 */
export function pageExpression(pattern: PageRule['include'][number]): { expression: WireExpression } | { problem: string } {
  const translated = translatePattern(pattern);
  if ('problem' in translated) return translated;
  const steps = pattern.match === 'regex' ? stepsOfRegex(pattern.pattern) : stepsOfGlob(translated.postgres);
  return { expression: steps.length === 1 && typeof steps[0] === 'string' ? steps[0] : steps };
}

/** `part` as often as one likes, none included. */
const repeated = (part: readonly Step[]): readonly Step[] => [[1, part.length + 2], ...part, [-part.length - 1]];
const optional = (part: readonly Step[]): readonly Step[] => [[1, part.length + 1], ...part];

/** A text behind steps; it is drawn into a text before it, which nobody may jump behind. */
const followed = (steps: readonly Step[], text: string): readonly Step[] => {
  const last = steps.at(-1);
  return typeof last === 'string' ? [...steps.slice(0, -1), last + text] : [...steps, text];
};

const IN_SEGMENT = '[^/]';
const HOST = `${IN_SEGMENT}*`;
const TAIL = '(?:/.*)?';

/**
 * The parts of a glob's translation, each a gap or a text. Signs that stand for themselves are escaped there, so a gap can
 * not be mistaken. Gaps that can end in one place only, because a segment does, stay in the text.
 */
function stepsOfGlob(postgres: string): readonly Step[] {
  const parts = postgres.slice(1, -1).match(/\(\?:\/\.\*\)\?|\[\^\/\]\*|\.\*|(?:\\[^]|(?!\(\?:\/\.\*\)\?|\[\^\/\]\*|\.\*)[^])+/gu) ?? [];
  let steps: readonly Step[] = ['^'];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const isCertain = steps.length === 1 && (isLast || parts[index + 1]!.startsWith('/'));
    if (part === '.*' && isLast) return steps;
    if (part === TAIL && isLast) return followed(steps, '(?:/|$)');
    if (part === '.*') steps = [...steps, ...repeated(['[^]'])];
    else if (part === TAIL) steps = [...followed(steps, '(?=/|$)'), ...repeated(['[^]'])];
    else if (part === HOST && !isCertain) steps = [...steps, ...repeated([IN_SEGMENT])];
    else steps = followed(steps, part);
  }
  return followed(steps, '$');
}

/** The pattern was found translatable: it has nothing but characters, classes, groups, anchors and small counts. */
const stepsOfRegex = (pattern: string): readonly Step[] => alternatives(new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, 0, pattern.length, { unicode: true }).alternatives);

function alternatives([first, ...others]: readonly AST.Alternative[]): readonly Step[] {
  let steps: readonly Step[] = [];
  let isText = false;
  for (const element of first!.elements) {
    const wasText = isText;
    isText = element.type !== 'Group' && element.type !== 'CapturingGroup' && element.type !== 'Quantifier';
    steps = isText && wasText ? followed(steps, element.raw) : [...steps, ...stepsOf(element)];
  }
  if (others.length === 0) return steps;
  const rest = alternatives(others);
  return [[1, steps.length + 2], ...steps, [rest.length + 1], ...rest];
}

function stepsOf(element: AST.Element): readonly Step[] {
  if (element.type === 'Group' || element.type === 'CapturingGroup') return alternatives(element.alternatives);
  if (element.type !== 'Quantifier') return [element.raw];
  const { min, max } = element;
  const once = stepsOf(element.element);
  const more = Number.isFinite(max) ? Array.from({ length: max - min }, () => optional(once)) : [repeated(once)];
  return [...Array.from({ length: min }, () => once), ...more].flat();
}
