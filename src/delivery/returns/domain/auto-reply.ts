import { firstOf, type Headers } from './mime.js';
import { headerText } from './mime-text.js';

/** How the subjects of vacation notes begin. */
const NOTE = /^\s*(?:re:\s*|fwd?:\s*)?(?:auto(?:matic)?[ -]?(?:reply|response|antwort|matische antwort)|auto(?:mated)? ?re(?:ply|sponse)|automatische antwort|out of (?:the )?office|vacation|away from|i am (?:away|out)|réponse automatique|absence|respuesta automática|risposta automatica|resposta automática|abwesen|부재|자동 ?(?:응답|회신)|自動(?:返信|応答)|不在|自动(?:回复|答复)|автоответ)/i;

/** A vacation note or another answer by a machine (RFC 3834), going by its headers. */
export function isAutoReply(headers: Headers): boolean {
  if (/^auto-(?:replied|generated|notified)/i.test(firstOf(headers, 'auto-submitted') ?? '')) return true;
  if (headers.has('x-autoreply') || headers.has('x-autorespond') || headers.has('x-autoresponse') || headers.has('x-auto-response') || headers.has('x-mail-autoreply') || headers.has('x-autoreply-from')) return true;
  if (/auto_?reply/i.test(firstOf(headers, 'precedence') ?? '')) return true;
  return NOTE.test(subjectOf(headers));
}

/**
 * Signs of a bounce among the headers: a robot's name, words of a subject. The null sender is none: vacation notes have it
 * too (RFC 3834, section 3.3). A subject is none in an answer, which quotes ours or that of a bounce.
 */
export function looksLikeBounce(headers: Headers): boolean {
  if (headers.has('x-failed-recipients') || isFromRobot(headers)) return true;
  if (/post_?master|mail\.administrator|mailadmin|microsoft ?exchange|mail administrator/i.test(headerText(firstOf(headers, 'from') ?? ''))) return true;
  if (isAnswer(headers) || NOTE.test(subjectOf(headers))) return false;
  return /undeliver|non[- ]?deliver|deliver(?:y|ed|able)?[^\n]{0,40}(?:fail|status|error|problem|notif|unsuccess|not)|fail(?:ed|ure)[^\n]{0,20}(?:notice|deliver|mail|message)|returned? (?:mail|message|to sender)|mail (?:system )?error|message (?:undeliver|could not)|could not be delivered|mail status report|bounce|unzustellbar|배달|반송|전송 ?실패|発信|配信|エラー|退信|недоставлен/i.test(subjectOf(headers));
}

/** Nobody's name, or that of the program that delivers mail: it takes no vacation, however it marks its reports (mail.ru and Exim filters say `auto-replied`). */
export function isFromRobot(headers: Headers): boolean {
  const from = headerText(firstOf(headers, 'from') ?? '').trim();
  return from === '<>' || /mailer-?daemon|mail ?delivery|mail-daemon|delivery (?:sub)?system|mdaemon|mail-?deamon/i.test(from);
}

/** Somebody answers: people write of bounces, and quote them. */
export const isAnswer = (headers: Headers): boolean => /^\s*(?:re|aw|sv|antw|회신|답장|回复|答复|返信)\s{0,3}(?:\[\d{1,3}\])?[::]/i.test(subjectOf(headers));

const subjectOf = (headers: Headers): string => headerText(firstOf(headers, 'subject') ?? '');

/** Mail programs ask this way when a list offers an address for it (RFC 2369). */
export function asksToUnsubscribe(headers: Headers): boolean {
  return headers.has('x-apple-unsubscribe') || /^\s*(?:unsubscribe|수신 ?거부)\s*$/i.test(subjectOf(headers));
}

/** Words with which a robot begins a bounce, when its headers do not tell. */
export const BOUNCE_WORDS = /(?:could ?n[o']t|couldn't|was not|wasn't|cannot|can't|unable to|not|failed to) (?:be )?(?:successfully )?deliver|deliver(?:y|ing)[^\n]{0,60}fail|undeliverable|not reach the following|배달(?:되지|하지|할 수)|전달(?:되지|하지|할 수)|전송(?:되지|하지|할 수)|配信でき|配送でき|无法投递|退回/i;
