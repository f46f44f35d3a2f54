import type { CampaignDefinition } from '../../contract/campaign.js';
import { RULES } from '../../delivery/rules/domain/catalogue.js';
import type { RuleState } from '../../delivery/rules/domain/rule-settings.js';
import { nightMinutes } from '../../delivery/rules/domain/night.js';
import { warned, within, type Finding } from './finding.js';

const SOURCE = RULES.find(({ key }) => key === 'night_gate')!.sources.map(({ name }) => name).join('; ');

/** A message that the night holds back, as far as its channel and topic are under the rule. */
interface Held { channel: string; topic: string }

/**
 * What the rule against advertising at night means for a campaign whose times its author chose: an auto message is not displayed then,
 * a message of a chosen time waits for the morning. Who gave the night consent is not concerned.
 */
export function nightFindings(definition: CampaignDefinition, { on, parameters }: Pick<RuleState<'night_gate'>, 'on' | 'parameters'>, isTransactional: (topic: string) => boolean): Finding[] {
  const night = { from: parameters.from, to: parameters.to };
  const isHeld = ({ channel, topic }: Held) => parameters.channels.some((one) => one === channel) && !isTransactional(topic);
  if (!on) return [];
  if (definition.type === 'auto_message') return isHeld(definition.message) ? displayed(definition.display.schedule?.hours, night) : [];
  if (definition.type === 'broadcast') return definition.localTime && definition.message && isHeld(definition.message) ? chosen('localTime', definition.localTime, night) : [];
  if (!definition.steps.some((step) => step.type === 'message' && isHeld(step))) return [];
  return definition.steps.flatMap((step, index) => (step.type === 'wait' && step.until ? chosen(within(`steps.${index}`, 'until.time'), step.until.time, night) : []));
}

interface Hours { from: string; to: string }

function displayed(hours: Hours | undefined, night: Hours): Finding[] {
  const { inside, all } = nightMinutes(hours ?? null, night);
  const path = hours ? 'display.schedule.hours.from' : 'display.schedule';
  if (inside === 0) return [];
  if (inside === all) return [heldBack(path, 'night-never', night, ['so at the hours chosen it is displayed to nobody else', '정한 시간이 모두 야간이라 그 밖의 고객에게는 나타나지 않아요'])];
  return [heldBack(path, 'night-display', night, ['so others see it by day only', '그 밖의 고객에게는 낮에만 나타나요'])];
}

function chosen(path: string, time: string, night: Hours): Finding[] {
  const { inside } = nightMinutes({ from: time, to: time }, night);
  return inside === 0 ? [] : [heldBack(path, 'night-time', night, [`so at ${time} it waits for others until ${night.to}`, `그 밖의 고객에게는 ${time} 대신 ${night.to}까지 기다렸다가 가요`])];
}

const heldBack = (path: string, code: string, { from, to }: Hours, [en, ko]: [string, string]): Finding => ({
  ...warned(path, code, `From ${from} to ${to} in a person's own time advertising of this kind reaches only people who agreed to it at night, ${en}.`, `고객 시간으로 ${from}부터 ${to}까지 이 광고는 야간 수신에 따로 동의한 고객에게만 보여요. ${ko}.`),
  source: SOURCE,
});
