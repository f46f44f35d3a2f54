import type { Problem } from '../../kernel/errors.js';

/** Something to say about a definition. Errors stop publishing; warnings do not. */
export interface Finding extends Problem {
  severity: 'error' | 'warning';
  /** The same in Korean, and the rule's source, where a rule of sending says it. */
  messageKo?: string;
  source?: string;
}

export const fault = (path: string, code: string, message: string): Finding => ({ severity: 'error', path, code: `campaign.${code}`, message });
export const warning = (path: string, code: string, message: string): Finding => ({ severity: 'warning', path, code: `campaign.${code}`, message });
/** Puts a place in front of a path. */
export const within = (place: string, path: string): string => (place && path ? `${place}.${path}` : place || path);
