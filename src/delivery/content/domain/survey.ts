import type { SurveyContent } from '../../../contract/in-app.js';
import type { SurveyAnswer } from '../../../contract/visitor-wire.js';

/** What of a survey decides about answers, whatever the language. */
export type AskedSurvey = Pick<SurveyContent, 'kind' | 'many' | 'choices' | 'comment' | 'saveAs' | 'requestFor' | 'tags'>;

const LONGEST_TEXT = 5_000;
const SCORES = { nps: [0, 10], csat: [1, 5] } as const;

/** What is wrong with an answer, in words; null when it is one. Whatever a browser sends is asked here before it is kept. */
export function answerProblem({ kind, many, choices = [], comment }: AskedSurvey, { score, choices: taken, text }: SurveyAnswer): string | null {
  if (text !== undefined && (text.length > LONGEST_TEXT || (kind !== 'text' && comment === undefined))) return kind !== 'text' && comment === undefined ? 'this survey asks for no text' : `the text is longer than ${LONGEST_TEXT} characters`;
  if (kind === 'nps' || kind === 'csat') {
    const [least, most] = SCORES[kind];
    if (taken !== undefined) return 'this survey has no choices';
    return score !== undefined && Number.isInteger(score) && score >= least && score <= most ? null : `the score must be a whole number from ${least} to ${most}`;
  }
  if (score !== undefined) return 'this survey has no score';
  if (kind === 'text') return taken !== undefined ? 'this survey has no choices' : text === undefined || text.trim() === '' ? 'the text must not be empty' : null;
  const keys = new Set(choices.map(({ key }) => key));
  if (taken === undefined || taken.length === 0 || (!many && taken.length > 1) || new Set(taken).size < taken.length) return many ? 'the choices must be one or more, each once' : 'there must be exactly one choice';
  return taken.every((key) => keys.has(key)) ? null : 'a choice is none of this survey';
}

/** What the attribute `saveAs` becomes by this answer; null when there is none to save. */
export function savedAnswer({ kind, many, saveAs }: AskedSurvey, { score, choices, text }: SurveyAnswer): { attribute: string; value: number | string | string[] } | null {
  const value = kind === 'text' ? text : kind === 'choice' ? (many ? choices && [...choices] : choices?.[0]) : score;
  return saveAs === undefined || value === undefined ? null : { attribute: saveAs, value };
}

/** The tags that whoever answers so gets, each once. */
export function answerTags({ tags }: AskedSurvey, { score, choices = [] }: SurveyAnswer): string[] {
  const fits = tags.filter(({ scores, choice }) => (scores ? score !== undefined && score >= scores.from && score <= scores.to : choices.includes(choice!)));
  return [...new Set(fits.map(({ tag }) => tag))];
}
