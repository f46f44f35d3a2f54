/** Which two states the history compares: `from` a version, `to` a version or, when absent, the draft. */
export interface HistorySearch { from?: number | undefined; to?: number | undefined }
export const numberOf = (value: unknown): number | undefined => { const number = Number(value); return Number.isInteger(number) && number > 0 ? number : undefined; };
