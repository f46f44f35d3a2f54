import type { Problem } from '../../kernel/errors.js';
import { KOREAN } from './findings-ko.js';

/** Something to say about a definition. Errors stop publishing; warnings do not. */
export interface Finding extends Problem {
  severity: 'error' | 'warning';
  /** The same in Korean, and the rule's source, where a rule of sending says it. */
  messageKo?: string;
  source?: string;
}

const finding = (severity: Finding['severity']) => (path: string, code: string, message: string): Finding => ({ severity, path, code: `campaign.${code}`, message, ...(code in KOREAN ? { messageKo: KOREAN[code] } : {}) });
export const fault = finding('error');
export const warning = finding('warning');
/** A warning that names what it is about, and so says both languages where it is made. */
export const warned = (path: string, code: string, en: string, ko: string): Finding => ({ ...warning(path, code, en), messageKo: ko });
/** Puts a place in front of a path. */
export const within = (place: string, path: string): string => (place && path ? `${place}.${path}` : place || path);
