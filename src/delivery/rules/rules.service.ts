import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, type Problem } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace, type Workspace } from '../../platform/workspace.js';
import { PARAMETERS, RULES, type Rule, type RuleKey } from './domain/catalogue.js';
import { isKorean, ruleOf, storedOf, type RuleState } from './domain/rule-settings.js';
import { lockSettings, requestRelease, saveRules } from './store/rules.store.js';

export interface RulesView {
  /** The workspace is Korean, so the Korean rules are on at first. */
  korean: boolean;
  items: (Rule & RuleState & { because: { en: string; ko: string } })[];
}

/** What is to change about a rule; null takes it back to how it is at first. */
export type RuleChange = { on?: boolean; parameters?: Record<string, unknown> } | null;

/** Rules whose change may let go at once what waits, and the reason it waits for. */
const WAITING: Partial<Record<RuleKey, string>> = { night_gate: 'QUIET_HOURS_DEFERRED', frequency_preference: 'CAP_DEFERRED' };

/** The rules of sending and their switches. */
@Injectable()
export class SendingRules {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  async list(): Promise<RulesView> {
    return viewOf(await loadWorkspace(this.db));
  }

  /**
   * Switches rules and sets parameters, all or nothing; parameters not named stay.
   *
   * @throws AppError `rule.invalid` with the place of every fault
   */
  async change(changes: Partial<Record<RuleKey, RuleChange>>, actor: Actor): Promise<RulesView> {
    const now = this.clock.now();
    const changed = await inTransaction(this.db, async (tx) => {
      await lockSettings(tx, now);
      const before = await loadWorkspace(tx);
      return this.write(tx, before, applied(before, changes), { keys: Object.keys(changes) as RuleKey[], actor, now });
    });
    this.runner.wake('delivery.release');
    return viewOf(changed);
  }

  /** Replaces all that the workspace says about rules, in a transaction of the caller, who wakes `delivery.release` after the commit. @param rules already checked */
  async replaceIn(tx: Db, rules: Partial<Record<RuleKey, object>>, actor: Actor): Promise<void> {
    const now = this.clock.now();
    await lockSettings(tx, now);
    const before = await loadWorkspace(tx);
    const keys = RULES.map(({ key }) => key).filter((key) => !isDeepStrictEqual(before.settings.rules?.[key], rules[key]));
    await this.write(tx, before, rules, { keys, actor, now });
  }

  private async write(tx: Db, before: Workspace, rules: Record<string, unknown>, { keys, actor, now }: { keys: readonly RuleKey[]; actor: Actor; now: Date }): Promise<Workspace> {
    await saveRules(tx, rules);
    const after = { ...before, settings: { ...before.settings, rules } };
    for (const key of keys) {
      const [was, is] = [ruleOf(before, key), ruleOf(after, key)].map(({ on, parameters }) => ({ on, parameters }));
      await this.audit.record(tx, { actor, action: 'sending-rule.change', subject: `sending-rule:${key}`, detail: { was, is } }, now);
      const reason = WAITING[key];
      if (reason) await requestRelease(tx, reason, now);
    }
    return after;
  }
}

function applied(before: Workspace, changes: Partial<Record<RuleKey, RuleChange>>): Record<string, unknown> {
  const rules: Record<string, unknown> = { ...before.settings.rules };
  const problems: Problem[] = [];
  for (const [key, change] of Object.entries(changes) as [RuleKey, RuleChange][]) {
    if (RULES.find((rule) => rule.key === key)!.initially === 'fixed') problems.push({ path: `rules.${key}`, code: 'rule.fixed', message: 'this rule has no switch' });
    if (change === null) {
      delete rules[key];
      continue;
    }
    const { on, parameters } = storedOf(before, key);
    const wanted = { ...parameters, ...change.parameters };
    const read = PARAMETERS[key].safeParse(wanted);
    if (!read.success) problems.push(...read.error.issues.map(({ path, message }) => ({ path: ['rules', key, 'parameters', ...path].join('.'), code: 'rule.invalid', message })));
    rules[key] = { ...(change.on ?? on) === undefined ? {} : { on: change.on ?? on }, parameters: wanted };
  }
  if (problems.length > 0) throw new AppError('rule.invalid', `${problems[0]!.path}: ${problems[0]!.message}.`, 'invalid', problems);
  return rules;
}

function viewOf(workspace: Workspace): RulesView {
  const korean = isKorean(workspace);
  return { korean, items: RULES.map((rule) => {
    const state = ruleOf(workspace, rule.key);
    return { ...rule, ...state, because: becauseOf(rule, state, korean) };
  }) };
}

/** Why a rule is on or off, in words. */
function becauseOf({ initially }: Rule, { on, set }: RuleState, korean: boolean): { en: string; ko: string } {
  if (initially === 'fixed') return { en: 'Always on.', ko: '항상 켜져 있습니다.' };
  if (set) return on ? { en: 'Switched on here.', ko: '이 워크스페이스에서 켰습니다.' } : { en: 'Switched off here.', ko: '이 워크스페이스에서 껐습니다.' };
  if (initially === 'on') return { en: 'On at first everywhere.', ko: '기본으로 켜져 있습니다.' };
  return korean
    ? { en: 'On at first, because the workspace is Korean (language ko or zone Asia/Seoul).', ko: '한국 워크스페이스(언어 ko 또는 시간대 Asia/Seoul)이므로 기본으로 켜져 있습니다.' }
    : { en: 'Off at first, because the workspace is not Korean (language ko or zone Asia/Seoul).', ko: '한국 워크스페이스(언어 ko 또는 시간대 Asia/Seoul)가 아니므로 기본으로 꺼져 있습니다.' };
}
