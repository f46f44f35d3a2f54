import type { DraftRate } from '../safety/draft-safety.js';
import type { Duration } from '../campaigns/series/model.js';

export const CLASSES = ['standard', 'important', 'essential'] as const;
/** Hours of each person's own day, as a draft has them. */
export interface Hours { weekdays?: readonly string[] | undefined; from?: string | undefined; to?: string | undefined }
/** What a draft says about the pace of its messages; what is absent is the default. */
export interface DraftPacing { class?: (typeof CLASSES)[number]; priority?: number; reserveHours?: number; sendWindow?: Hours; expiresAfter?: Duration; sendRate?: DraftRate }
