import type { Db } from '../../platform/database/db.js';

/** Injection token of {@link SnippetUse}; the campaigns module provides it. */
export const SNIPPET_USE = Symbol('snippet-use');

/** Who besides other snippets names a snippet. */
export interface SnippetUse {
  /** Campaigns that are not archived and name it in their draft. */
  draftsUsing(db: Db, key: string): Promise<{ id: string; name: string; state: string }[]>;
}
