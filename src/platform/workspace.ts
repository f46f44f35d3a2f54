import { row, type Db } from './database/db.js';
import { keepPlan } from './database/kept-plans.js';
import type { Role } from './http/access.js';

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
  /** How often and when people hear from it (contract/pacing.ts). */
  pacing?: unknown;
  /** How fast and how many at once (contract/safety.ts). */
  safety?: unknown;
  /** Roles that may not do without a second factor. */
  secondFactorRoles?: Role[];
}

const BEFORE_SETUP: Workspace = { name: 'Danbi', timeZone: 'UTC', language: 'en', settings: {} };

const READ = keepPlan('select w.name, w.time_zone as "timeZone", w.language, w.settings from workspace as w where w.id = 1');

/** Reads the workspace; before set-up it has neutral defaults. */
export async function loadWorkspace(db: Db): Promise<Workspace> {
  return (await row<Workspace>(db, READ)) ?? BEFORE_SETUP;
}
