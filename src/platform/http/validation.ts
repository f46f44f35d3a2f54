import { StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError } from '../../kernel/errors.js';

type PathPart = PropertyKey | { readonly key: PropertyKey };

const place = (path: readonly PathPart[] | undefined) => (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

/** Checks parameters declared with `{ schema }` and answers every fault with its place. */
export const validationPipe = () =>
  new StandardSchemaValidationPipe({
    transform: true,
    exceptionFactory: (issues) => {
      const problems = issues.map((issue) => ({ path: place(issue.path), code: 'invalid', message: issue.message }));
      const first = problems[0]!;
      return new AppError('request.invalid', `${first.path ? `${first.path}: ` : ''}${first.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`, 'invalid', problems);
    },
  });
