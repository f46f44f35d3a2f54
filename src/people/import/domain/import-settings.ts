import type { DateFormat } from './cell-types.js';
import type { Column } from './columns.js';
import type { Encoding } from './encodings.js';

export type ImportKind = 'people' | 'events';

/** Everything that decides how the rows of one import are read: settled at upload and stored, so a resumed run reads alike. */
export interface ImportSettings {
  fileName: string | null;
  encoding: Encoding;
  delimiter: string;
  columns: Column[];
  tags: string[];
  /** The list that takes everybody of the file. */
  listId: string | null;
  emptyAs: 'keep' | 'null';
  dateFormat: DateFormat;
  timeZone: string;
  zoneGiven: boolean;
  /** Name of the event in files without an event column. */
  eventName: string | null;
  /** Reads and checks everything and writes no person. */
  dryRun: boolean;
}
