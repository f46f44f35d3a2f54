import { z } from 'zod';
import { AppError } from '../../../kernel/errors.js';
import { STATUS } from '../../../platform/http/error.filter.js';
import { passwordFault } from '../../domain/password.js';
import type { SetupRequest } from '../../setup.service.js';
import { SetupRequestSchema } from '../schemas.js';

export const TokenQuery = z.object({ token: z.string().max(200).catch('') });

export const NextQuery = z.object({ next: z.string().max(2_000).optional().catch(undefined) });

/** A posted form: flat texts; whatever else comes is left out. */
export const FormFields = z.record(z.string(), z.unknown()).catch({}).transform((fields) => Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string')));

/** The set-up request in a form with dotted names, or the fault code of each wrong field. */
export function setupFields(fields: Record<string, string>): { wanted: SetupRequest | null; faults: Record<string, string> } {
  const parsed = SetupRequestSchema.safeParse({
    token: fields.token, name: fields.name, email: fields.email?.trim(), password: fields.password,
    workspace: { name: fields['workspace.name'], timeZone: fields['workspace.timeZone']?.trim(), language: fields['workspace.language'], senderContact: fields['workspace.senderContact'] },
    sampleData: fields.sampleData === 'yes',
  });
  const faults = Object.fromEntries((parsed.error?.issues ?? []).map((issue) => [issue.path.join('.'), issue.path.join('.')]));
  const weak = fields.password ? passwordFault(fields.password, fields.email ?? '') : null;
  if (weak) faults.password = weak;
  return { wanted: parsed.success && !weak ? parsed.data : null, faults };
}

/** How a page tells a failure; what is not ours to explain goes on to the error filter. */
export function problemOf(error: unknown): { status: number; code: string; message: string } {
  if (!(error instanceof AppError)) throw error;
  return { status: STATUS[error.kind], code: error.code, message: error.message };
}
