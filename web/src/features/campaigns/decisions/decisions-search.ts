export const STAGES = ['entry', 'step', 'exit', 'dispatch'] as const;
export type Stage = (typeof STAGES)[number];
export interface DecisionsFilter { code?: string | undefined; step?: string | undefined; stage?: Stage | undefined; person?: string | undefined; /** Instants: refusals of [from, to). */ from?: string | undefined; to?: string | undefined }
