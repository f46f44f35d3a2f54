import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '../../kernel/errors.js';

type PathPart = PropertyKey | { readonly key: PropertyKey };

/** The place of a fault as our answers name it. */
export const placeOf = (path: readonly PathPart[] | undefined) => (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

/** Sentences for the faults that zod words worst: what is missing, what is no number, and what nobody knows together with what would be right. */
function wordFault(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type' && issue.input === undefined) return `is missing: expected ${issue.expected}`;
  if (issue.code === 'invalid_type' && Number.isNaN(issue.input)) return 'must be a number';
  if (issue.code !== 'unrecognized_keys') return undefined;
  const known = issue.inst instanceof z.ZodObject ? ` Known: ${Object.keys(issue.inst.shape).join(', ')}.` : '';
  return `has no ${issue.keys.map((key) => JSON.stringify(key.slice(0, 100))).join(', ')}.${known}`;
}
z.config({ customError: wordFault });

/** Checks parameters declared with `{ schema }` and answers every fault with its place. */
export const validationPipe = () =>
  new StandardSchemaValidationPipe({
    transform: true,
    exceptionFactory: refusedInput,
  });

/** The error that names every fault of an input with its place. */
export function refusedInput(issues: readonly { readonly path?: readonly PathPart[] | undefined; readonly message: string }[]): AppError {
  const problems = issues.map((issue) => ({ path: placeOf(issue.path), code: 'invalid', message: issue.message }));
  const first = problems[0]!;
  return new AppError('request.invalid', `${first.path ? `${first.path}: ` : ''}${first.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`, 'invalid', problems);
}
