import { AD_LABEL, labelFault } from './ad-label.js';
import { RULES, type RuleKey } from './catalogue.js';
import { ruleOf, type RuledWorkspace } from './rule-settings.js';

/** One text of a message and its place. */
export interface LintText { path: string; text: string }

export interface LintMessage {
  channel: 'email' | 'in_app';
  transactional: boolean;
  /** The texts that a message begins with, in each language: subjects, or titles (bodies where there is none). */
  beginnings: LintText[];
  /** Everything an author wrote. */
  texts: LintText[];
  /** The layout shows the opt-out notice; null where there is no layout. */
  noticeInLayout: boolean | null;
}

export interface LintFinding { severity: 'error' | 'warning'; path: string; code: string; message: string; messageKo: string; source: string }

type Workspace = RuledWorkspace & { settings: { senderContact?: string } };

const found = (severity: LintFinding['severity'], path: string, rule: RuleKey, said: { code?: string; en: string; ko: string }): LintFinding =>
  ({ severity, path, code: `rule.${said.code ?? rule}`, message: said.en, messageKo: said.ko, source: RULES.find(({ key }) => key === rule)!.sources.map(({ name }) => name).join('; ') });

/** What the rules of a workspace say against a message before it is published. */
export function lintMessage(message: LintMessage, workspace: Workspace): LintFinding[] {
  if (message.transactional) return ruleOf(workspace, 'promotional_signs').on ? message.texts.flatMap(promotional).slice(0, 5) : [];
  return [...labels(message, workspace), ...sender(workspace), ...notice(message, workspace)];
}

const FAULTS = {
  variant: (word: string) => ({ code: 'ad_label_variant', en: `“${word}” stands for the label in another form, which the law calls evasion. Leave it out: “${AD_LABEL} ” is put there by itself.`, ko: `“${word}”은(는) 광고 표시의 변칙 표기입니다. 지우시면 “${AD_LABEL} ”가 자동으로 표시됩니다.` }),
  misplaced: (word: string) => ({ code: 'ad_label_misplaced', en: `“${word}” must be the very first; leave it out, it is put there by itself.`, ko: `“${word}”는 맨 앞에 있어야 합니다. 지우시면 자동으로 표시됩니다.` }),
  doubled: (word: string) => ({ code: 'ad_label_doubled', en: `The label stands there already; “${word}” is a second one.`, ko: `광고 표시가 이미 있습니다. “${word}”를 지우세요.` }),
};

function labels({ channel, beginnings }: LintMessage, workspace: Workspace): LintFinding[] {
  const { on, parameters } = ruleOf(workspace, 'ad_label');
  if (!on || !parameters.channels.includes(channel)) return [];
  return beginnings.flatMap(({ path, text }) => {
    const fault = labelFault(text);
    return fault ? [found('error', path, 'ad_label', FAULTS[fault.kind](fault.found))] : [];
  });
}

const CONTACT = 'workspace.settings.senderContact';

function sender(workspace: Workspace): LintFinding[] {
  if (!ruleOf(workspace, 'sender_identity').on) return [];
  const contact = workspace.settings.senderContact?.trim() ?? '';
  if (contact === '') return [found('error', CONTACT, 'sender_identity', { code: 'sender_contact_missing', en: 'Advertising must show how to reach its sender: set the sender contact of the workspace (telephone, address, e-mail).', ko: '광고에는 전송자의 연락처를 밝혀야 합니다. 워크스페이스의 연락처(전화번호, 주소, 이메일)를 입력하세요.' })];
  const telephone = /\d[\d\s().-]{5,}\d/.test(contact);
  return telephone ? [] : [found('warning', CONTACT, 'sender_identity', { code: 'sender_contact_incomplete', en: 'The sender contact shows no telephone number; the law asks for e-mail address, telephone number and postal address.', ko: '연락처에 전화번호가 없습니다. 이메일 주소, 전화번호, 주소를 모두 밝혀야 합니다.' })];
}

function notice({ noticeInLayout }: LintMessage, workspace: Workspace): LintFinding[] {
  if (noticeInLayout !== false || !ruleOf(workspace, 'opt_out_notice').on) return [];
  return [found('error', 'layout', 'opt_out_notice', { code: 'opt_out_notice_missing', en: 'The footer of this layout does not show the opt-out notice in Korean and English ({{#if message.optOut}}).', ko: '이 레이아웃의 하단에 한글·영문 수신거부 안내({{#if message.optOut}})가 없습니다.' })];
}

const SIGNS = [
  /\b\d{1,2}\s?% ?off\b/i, /\b(?:discount|coupon|promo(?:tion|code| code)|special offer|limited[- ]time offer|flash sale|clearance|free gift|buy one get one|upgrade now|save up to)\b/i, /\b(?:on|summer|winter|big) sale\b/i,
  /할인|쿠폰|특가|세일|프로모션|사은품|무료\s?증정|경품|이벤트\s?(?:참여|응모)|최대\s?\d+\s?(?:%|원)|1\s?\+\s?1|지금\s?구매/,
];
const REFUSALS = /message\.unsubscribeUrl|\bunsubscribe\b|수신\s?거부/i;

function promotional({ path, text }: LintText): LintFinding[] {
  const sign = SIGNS.map((pattern) => pattern.exec(text)?.[0]).find((word) => word !== undefined);
  const refusal = REFUSALS.exec(text)?.[0];
  return [
    ...(sign === undefined ? [] : [found('warning', path, 'promotional_signs', { en: `“${sign}” looks like advertising in a transactional message: then all of it is advertising and needs consent.`, ko: `거래성 메시지에 광고로 보이는 문구 “${sign}”이(가) 있습니다. 광고가 포함되면 전체가 광고성 정보로서 동의가 필요합니다.` })]),
    ...(refusal === undefined ? [] : [found('warning', path, 'promotional_signs', { code: 'transactional_unsubscribe', en: `“${refusal}”: a message that one can unsubscribe from is hardly transactional. Use a marketing topic.`, ko: `“${refusal}”: 수신거부가 가능한 메시지는 거래성으로 보기 어렵습니다. 마케팅 주제를 사용하세요.` })]),
  ];
}
