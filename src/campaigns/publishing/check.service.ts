import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CampaignDefinition } from '../../contract/campaign.js';
import type { DraftDefinition } from '../../contract/campaign-draft.js';
import type { Channel, EmailContent, InAppContent } from '../../contract/message.js';
import type { CompiledMessage } from '../../delivery/content/compiled.js';
import { compileMessage } from '../../delivery/content/compile.js';
import { loadBookFor } from '../../delivery/content/store/snippets.store.js';
import { lintMessage } from '../../delivery/rules/domain/lint.js';
import { ruleOf } from '../../delivery/rules/domain/rule-settings.js';
import { lintable } from '../../delivery/rules/lint-content.js';
import { endpointStates, type EndpointState } from '../../delivery/hooks/store/endpoints.store.js';
import { SenderCheck } from '../../delivery/identity/sender-check.service.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, type Problem } from '../../kernel/errors.js';
import type { Db } from '../../platform/database/db.js';
import { IdentityGuard } from '../../platform/http/identity-guard.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { inKorean } from '../../platform/korean/korean-of.js';
import { validateDefinition } from '../../segments/segment-questions.js';
import { findFaults } from '../domain/check.js';
import { nightFindings } from '../domain/check-night.js';
import { fault, warning, within, type Finding } from '../domain/finding.js';
import { referencesOf, type References } from '../domain/references.js';
import { refuseErrors } from '../domain/refuse.js';
import { writtenOf } from '../domain/unfinished.js';
import { knownLists } from '../../people/lists/store/lists.store.js';
import { EmptyFields } from './empty-fields.service.js';
import { findPastEvents } from './past-events.js';
import { knownFeatures, knownTopics, segmentStates } from '../store/references.store.js';

/** A content that compiled, ready to be stored. */
export type CheckedContent = References['contents'][number] & { compiled: CompiledMessage };

interface Compiled {
  findings: Finding[];
  contents: CheckedContent[];
}

export interface Checked extends Compiled {
  /** Null while something is not written yet; then the findings say what. */
  definition: CampaignDefinition | null;
}

/** A draft of which nothing stops publishing. */
export interface Sound extends Checked { definition: CampaignDefinition }

/** Looks at a definition as publishing would, and changes nothing. */
@Injectable()
export class CampaignCheck {
  constructor(@Inject(DataSource) private readonly db: Db, private readonly clock: Clock, private readonly senders: SenderCheck, private readonly identity: IdentityGuard, private readonly empty: EmptyFields) {}

  /** The same check inside a transaction: it sees what is not committed yet. */
  inside(tx: Db): CampaignCheck {
    return new CampaignCheck(tx, this.clock, this.senders, this.identity, this.empty);
  }

  /** Everything wrong or doubtful in it, and its compiled messages. */
  async check(draft: DraftDefinition): Promise<Checked> {
    const { definition, findings: gaps } = writtenOf(draft);
    if (!definition) return { definition, findings: gaps, contents: [] };
    const references = referencesOf(definition);
    const { findings, contents } = await this.compiled(references);
    return {
      definition,
      findings: [...findFaults(definition, this.clock.now()), ...(await this.segments(references)), ...(await this.conditions(references)), ...(await findPastEvents(this.db, references, this.clock.now())), ...(await this.topics(references)), ...(await this.lists(references)), ...(await this.endpoints(references)), ...(await this.sendersOf(references)), ...(await this.answers(references)), ...(await this.features(references)), ...findings, ...(await this.rules(definition, references, contents))],
      contents,
    };
  }

  /** What publishing needs: the same, or `campaign.invalid` with every error. The findings are warnings then. */
  async sound(draft: DraftDefinition): Promise<Sound> {
    const { definition, findings, contents } = await this.check(draft);
    const warnings = refuseErrors(findings);
    return { definition: definition!, findings: warnings, contents };
  }

  /** What only looking at the people meant can tell, of a definition without errors; publishing does not wait for it. */
  remarks(definition: CampaignDefinition): Promise<Finding[]> {
    return this.empty.find(definition);
  }

  private async segments({ segments }: References): Promise<Finding[]> {
    const known = await segmentStates(this.db, segments.map(({ segmentId }) => segmentId));
    return segments.flatMap(({ path, segmentId }) => {
      const segment = known.get(segmentId);
      if (!segment || segment.purpose !== 'shared' || segment.state === 'archived') return [fault(path, 'unknown-segment', `There is no segment with the id ${segmentId}.`)];
      if (segment.state === 'failed') return [fault(path, 'failed-segment', `The segment "${segment.name}" could not be built; mend it first.`)];
      return segment.state === 'building' ? [warning(path, 'segment-building', `The segment "${segment.name}" is still being built; people enter when it is complete.`)] : [];
    });
  }

  private async conditions({ conditions, filters }: References): Promise<Finding[]> {
    const asked = [
      ...conditions,
      // A filter on an event is checked as the condition "did this at least once".
      ...filters.map(({ path, event, where }) => ({ path, condition: { type: 'event' as const, event, where, count: { op: 'at_least' as const, value: 1 } } })),
    ];
    const problems: Problem[] = [];
    // One after the other: inside a transaction there is one connection.
    for (const { path, condition } of asked) problems.push(...(await validateDefinition(this.db, condition, path)));
    return problems.map(asError);
  }

  private async topics({ topics }: References): Promise<Finding[]> {
    const known = await knownTopics(this.db, topics.map(({ topic }) => topic));
    return topics.flatMap(({ path, topic }) => (known.has(topic) ? [] : [fault(path, 'unknown-topic', `There is no topic with the key "${topic}".`)]));
  }

  private async lists({ lists }: References): Promise<Finding[]> {
    const known = await knownLists(this.db, lists.map(({ listId }) => listId));
    return lists.flatMap(({ path, listId }) => (known.has(listId) ? [] : [fault(path, 'unknown-list', `There is no list with the id ${listId}.`)]));
  }

  /** What the rules of sending say, with their sources. */
  private async rules(definition: CampaignDefinition, { topics }: References, contents: readonly CheckedContent[]): Promise<Finding[]> {
    const workspace = await loadWorkspace(this.db);
    const known = await knownTopics(this.db, topics.map(({ topic }) => topic));
    const unreasoned = ruleOf(workspace, 'transactional_reason').on ? topics.filter(({ topic }) => known.get(topic)?.transactional && known.get(topic)?.reason === null) : [];
    const said = contents.flatMap(({ path, topic, channel, content, compiled }) => {
      const message = known.has(topic) ? lintable(channel, content, compiled, known.get(topic)!.transactional) : null;
      return (message ? lintMessage(message, workspace) : []).map((finding): Finding => (finding.path.startsWith('workspace.') ? finding : { ...finding, path: within(path, finding.path) }));
    });
    // The workspace's own faults are said once, not once a message.
    const once = said.filter((finding, index) => said.findIndex(({ path, code }) => path === finding.path && code === finding.code) === index);
    const nights = nightFindings(definition, ruleOf(workspace, 'night_gate'), (topic) => known.get(topic)?.transactional ?? false);
    return [...nights, ...unreasoned.map(({ path, topic }) => warning(path, 'transactional-reason', `The transactional topic "${topic}" does not say why its messages are no advertising.`)), ...once];
  }

  private async endpoints({ contents }: References): Promise<Finding[]> {
    const named = contents.flatMap(({ path, channel, content }) => ('endpointId' in content ? [{ path: `${path}.endpointId`, channel, content }] : []));
    const known = await endpointStates(this.db, named.map(({ content }) => content.endpointId));
    return named.flatMap(({ path, channel, content }) => endpointFindings(path, channel, content, known.get(content.endpointId)));
  }

  /** What a survey writes comes from a browser, which nobody has to believe. */
  private async answers({ contents }: References): Promise<Finding[]> {
    const { protectedTraits } = await this.identity.policy();
    return contents.flatMap(({ path, channel, content }) => {
      const saveAs = channel === 'in_app' ? (content as InAppContent).survey?.saveAs : undefined;
      return saveAs === undefined ? [] : savedFindings(within(path, 'survey.saveAs'), saveAs, protectedTraits);
    });
  }

  /** Features that answers of surveys are requests for. */
  private async features({ contents }: References): Promise<Finding[]> {
    const named = contents.flatMap(({ path, channel, content }) => {
      const key = channel === 'in_app' ? (content as InAppContent).survey?.requestFor : undefined;
      return key === undefined ? [] : [{ path: within(path, 'survey.requestFor'), key }];
    });
    const known = await knownFeatures(this.db, named.map(({ key }) => key));
    return named.flatMap(({ path, key }) => (known.has(key) ? [] : [fault(path, 'unknown-feature', `There is no feature with the key "${key}".`)]));
  }

  private async sendersOf({ contents, topics }: References): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const { path, channel, content } of contents) {
      if (channel !== 'email') continue;
      const { fromAddress } = content as EmailContent;
      const topic = topics.find((each) => path.startsWith(each.path.slice(0, -'topic'.length)))!.topic;
      const remark = await this.senders.remark(fromAddress, topic);
      if (remark) findings.push((remark.severity === 'error' ? fault : warning)(within(path, 'fromAddress'), remark.code, remark.message));
    }
    return findings;
  }

  /** Keeps the senders of these messages until commit; the domains that are no longer ours. */
  holdSenders(tx: Db, contents: readonly CheckedContent[]): Promise<string[]> {
    return this.senders.hold(tx, contents.flatMap(({ channel, content }) => (channel === 'email' ? (content as EmailContent).fromAddress ?? [] : [])));
  }

  private async compiled({ contents }: References): Promise<Compiled> {
    const checked: Compiled = { findings: [], contents: [] };
    const book = await loadBookFor(this.db, contents);
    for (const content of contents) {
      try {
        const compiled = await compileMessage(content.channel, content.content, book);
        checked.contents.push({ ...content, compiled });
        checked.findings.push(...compiled.warnings.map((remark): Finding => ({ ...inKorean(remark), path: within(content.path, remark.path), severity: 'warning' })));
      } catch (error) {
        if (!(error instanceof AppError) || error.kind !== 'invalid') throw error;
        const problems: Problem[] = error.problems.length > 0 ? error.problems : [{ path: '', code: error.code, message: error.message }];
        checked.findings.push(...problems.map((problem) => asError({ ...problem, path: within(content.path, problem.path) })));
      }
    }
    return checked;
  }
}

/** Why a browser's answer may not be kept under this name. */
function savedFindings(path: string, name: string, protectedTraits: ReadonlySet<string>): Finding[] {
  if (protectedTraits.has(name)) return [{ ...fault(path, 'protected-trait', `"${name}" is a protected trait, and answers come from browsers: save the answer under another name, or take the protection away.`), messageKo: `"${name}"은(는) 보호된 속성인데 답변은 브라우저에서 옵니다. 다른 속성에 저장하거나 보호를 해제하세요.` }];
  return name.startsWith('$') ? [{ ...fault(path, 'reserved-attribute', `"${name}" begins with $, as facts do that Danbi keeps by itself: save the answer under another name.`), messageKo: `"${name}"처럼 $로 시작하는 이름은 단비가 직접 관리합니다. 다른 속성에 저장하세요.` }] : [];
}

function endpointFindings(path: string, channel: Channel, content: { endpointId: string; memberEmail?: string }, endpoint: EndpointState | undefined): Finding[] {
  if (!endpoint) return [fault(path, 'unknown-endpoint', `There is no webhook endpoint with the id ${content.endpointId}.`)];
  const wanted = channel === 'chat' ? endpoint.kind !== 'standard' : endpoint.kind === 'standard';
  if (!wanted) return [fault(path, 'wrong-endpoint', `"${endpoint.name}" is an endpoint of kind ${endpoint.kind}; ${channel === 'chat' ? 'a chat notice needs one of kind jandi or slack' : 'a webhook needs one of kind standard'}.`)];
  if (!endpoint.enabled) return [fault(path, 'endpoint-disabled', `The endpoint "${endpoint.name}" is switched off; switch it on first.`)];
  return content.memberEmail !== undefined && endpoint.kind !== 'jandi' ? [fault(path, 'no-members', `"memberEmail" reaches one member of a JANDI team; "${endpoint.name}" is of kind ${endpoint.kind}.`)] : [];
}

const asError = (problem: Problem): Finding => ({ severity: 'error', ...inKorean(problem) });
