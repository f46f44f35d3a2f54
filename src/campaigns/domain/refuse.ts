import { AppError } from '../../kernel/errors.js';
import type { Finding } from './finding.js';

/** Whether nothing in it stops publishing. */
export const isSound = (findings: readonly Finding[]): boolean => findings.every(({ severity }) => severity !== 'error');

/** Throws `campaign.invalid` with every error; returns the warnings. */
export function refuseErrors(findings: readonly Finding[]): Finding[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return [...findings];
  const problems = errors.map(({ severity: _severity, ...problem }) => problem);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new AppError('campaign.invalid', `The campaign can not be published. ${errors[0]!.path}: ${errors[0]!.message}${more}`, 'invalid', problems);
}
