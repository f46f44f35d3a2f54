import { row, type Db } from './database/db.js';

/** The one workspace of an installation: who sends, and the defaults for people who did not tell us theirs. */
export interface Workspace {
  name: string;
  /** IANA zone used for people without one. */
  timeZone: string;
  /** BCP 47 language used for people without one. */
  language: string;
  settings: WorkspaceSettings;
}

export interface WorkspaceSettings {
  /** Postal address or contact shown in the footer of marketing e-mail. */
  senderContact?: string;
  /** Switches and parameters of the rules of sending that differ from their defaults (delivery/rules/domain/catalogue.ts). */
  rules?: Record<string, unknown>;
}

const BEFORE_SETUP: Workspace = { name: 'Danbi', timeZone: 'UTC', language: 'en', settings: {} };

/** Reads the workspace; before set-up it has neutral defaults. */
export async function loadWorkspace(db: Db): Promise<Workspace> {
  const found = await row<Workspace>(db, `select w.name, w.time_zone as "timeZone", w.language, w.settings from workspace as w where w.id = 1`);
  return found ?? BEFORE_SETUP;
}
