import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { Holdouts } from '../campaigns/experiments/holdouts.service.js';
import { Safety } from '../campaigns/lifecycle/safety.service.js';
import { Pacing } from '../delivery/rules/pacing.service.js';
import { SendingRules } from '../delivery/rules/rules.service.js';
import { AppError } from '../kernel/errors.js';
import { Labels } from '../people/labels/labels.service.js';
import type { Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import type { Content } from './forms.js';
import { labelPlace } from './workspace-forms.js';

/** Who writes labels, settings and holdouts, as by hand. */
@Injectable()
export class WorkspaceDoors {
  constructor(readonly labels: Labels, readonly pacing: Pacing, readonly safety: Safety, readonly rules: SendingRules, readonly holdouts: Holdouts) {}

  /** After the commit: what waited for a limit that is another one now is judged anew. */
  wake(): void {
    this.pacing.wake();
    this.safety.wake();
  }
}

interface One<K extends 'labels' | 'settings' | 'holdout'> { id: string; key: string; content: Content<K>; kept: { content: Content } | null }
const at = (path: string, code: string, message: string) => new AppError(code, message, 'invalid', [{ path, code, message }]);

/** Writes each label that is new or another one. */
export async function writeLabels(tx: Db, { content, kept }: One<'labels'>, { labels }: WorkspaceDoors, actor: Actor): Promise<void> {
  const here = new Map((kept!.content as Content<'labels'>).labels.map((label) => [labelPlace(label), label]));
  for (const label of content.labels) {
    const { kind, key, ...said } = label;
    if (!isDeepStrictEqual(here.get(labelPlace(label)), label)) await labels.putIn(tx, kind, key, said, actor);
  }
}

/** Writes the parts of the settings that are others. @throws AppError `files.settings-owner`: only an owner changes them, as on their screens */
export async function writeSettings(tx: Db, { content, kept }: One<'settings'>, { pacing, safety, rules }: WorkspaceDoors, actor: Actor): Promise<void> {
  if (actor.kind === 'write_key' || actor.role !== 'owner') throw at('', 'files.settings-owner', 'Settings of the workspace are changed by an owner: use a key of that role, or leave this file out.');
  const before = kept!.content as Content<'settings'>;
  if (content.rules && !isDeepStrictEqual(before.rules ?? {}, content.rules)) await prefixed('rules', () => rules.replaceIn(tx, content.rules!, actor));
  if (content.pacing && !isDeepStrictEqual(before.pacing, content.pacing)) await prefixed('pacing', () => pacing.putIn(tx, content.pacing!, actor));
  if (content.safety && !isDeepStrictEqual(before.safety, content.safety)) await safety.putIn(tx, content.safety, actor);
}

/** Begins a holdout, or renames it and spares other campaigns. What people were chosen by stays as it began. */
export async function writeHoldout(tx: Db, { id, content: { name, definition }, kept }: One<'holdout'>, { holdouts }: WorkspaceDoors, actor: Actor): Promise<void> {
  if (!kept) { await prefixed('definition', () => holdouts.beginIn(tx, id, { name, ...definition }, actor)); return; }
  const before = kept.content as Content<'holdout'>;
  for (const field of ['percent', 'campaignIds', 'goal'] as const) {
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(before.definition[field])), JSON.parse(JSON.stringify(definition[field])))) throw at(`definition.${field}`, 'files.holdout-fixed', 'Share, campaigns and goal of a holdout stay as it began, or people who were chosen differently would be compared. End it, and give the file another key.');
  }
  await prefixed('definition', () => holdouts.changeIn(tx, id, { name, exceptCampaignIds: definition.exceptCampaignIds }, actor));
}

/** Faults are told at their place in the file. */
async function prefixed(place: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.problems.length === 0) throw error;
    throw new AppError(error.code, error.message, 'invalid', error.problems.map((problem) => ({ ...problem, path: problem.path.startsWith(`${place}.`) ? problem.path : `${place}.${problem.path}` })));
  }
}
