/** What the address of the editor says: what is open, and how the steps are shown. */
export const VIEWS = ['canvas', 'outline'] as const;
export interface EditorSearch { at?: string | undefined; view?: (typeof VIEWS)[number] | undefined }
