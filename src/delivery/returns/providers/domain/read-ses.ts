import type { ReturnNotice } from '../../domain/notice.js';
import { addressOf, deliveryIdOf, fieldsAt, instantOf, isFields, listAt, messageIdOf, textAt, type Fields } from './fields.js';
import { atMostSoft, concerning, delayed, hard, meaning, noticeOf, unknown, type About, type Meaning, type Said } from './report.js';

/** What Amazon says once, as text, when a topic is connected. */
const CONNECTED = /^Successfully validated SNS topic\b/;
/** Nothing comes back with these: sent is what we know, opens and clicks are counted by ourselves. */
const NO_NEWS = new Set(['Send', 'Open', 'Click']);

/**
 * Reads what Amazon SES publishes by SNS, whether as feedback of an identity (`notificationType`) or as events of a
 * configuration set (`eventType`): docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
 * Recipients are those the event names itself, never `mail.destination`, which has everybody the message went to.
 */
export function readSes(envelope: Fields, receivedAt: Date): ReturnNotice[] {
  const bare: About = { recipient: null, deliveryId: null, messageId: null, at: receivedAt };
  if (textAt(envelope, 'Type') === 'UnsubscribeConfirmation') return unknown(bare, `Amazon SNS ended the subscription of ${textAt(envelope, 'TopicArn')}: reports of Amazon SES no longer arrive.`);
  if (textAt(envelope, 'Type') !== 'Notification') return [];
  const message = textAt(envelope, 'Message');
  if (CONNECTED.test(message)) return [];
  const event = parsed(message);
  if (!isFields(event)) return unknown(bare, `Amazon SNS: ${message}`);
  return concerning(readEvent(event, { ...messageOf(fieldsAt(event, 'mail')), recipient: null, at: receivedAt }));
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}

function readEvent(event: Fields, about: About): ReturnNotice[] {
  const type = textAt(event, 'notificationType') || textAt(event, 'eventType');
  if (NO_NEWS.has(type)) return [];
  if (type === 'Bounce') return readBounce(fieldsAt(event, 'bounce'), about);
  if (type === 'Complaint') return readComplaint(fieldsAt(event, 'complaint'), about);
  if (type === 'Delivery') return readDelivery(fieldsAt(event, 'delivery'), about);
  if (type === 'DeliveryDelay') return readDelay(fieldsAt(event, 'deliveryDelay'), about);
  if (type === 'Reject') return [noticeOf(about, meaning('block', 'content'), { diagnostic: textAt(fieldsAt(event, 'reject'), 'reason') })];
  if (type === 'Subscription') return readSubscription(fieldsAt(event, 'subscription'), about);
  return unknown(about, `Amazon SES: event of type "${type}"`);
}

/** The message, by the tag that we put on it, in an event or among the returned headers, and by its Message-ID. */
function messageOf(mail: Fields): Pick<About, 'deliveryId' | 'messageId'> {
  const tag = listAt(fieldsAt(mail, 'tags'), 'mid')[0];
  const tags = /(?:^|[,;\s])mid=([0-9a-f-]{36})(?![\w-])/i.exec(headerOf(mail, 'x-ses-message-tags'))?.[1];
  const deliveryId = deliveryIdOf(typeof tag === 'string' ? tag : (tags ?? ''));
  return { deliveryId, messageId: messageIdOf(headerOf(mail, 'message-id') || textAt(fieldsAt(mail, 'commonHeaders'), 'messageId')) };
}

function headerOf(mail: Fields, name: string): string {
  const header = listAt(mail, 'headers').filter(isFields).find((each) => textAt(each, 'name').toLowerCase() === name);
  return header ? textAt(header, 'value') : '';
}

const recipientsOf = (part: Fields, name: string): Fields[] => listAt(part, name).filter(isFields);

function readBounce(bounce: Fields, about: About): ReturnNotice[] {
  const type = textAt(bounce, 'bounceType');
  const subType = textAt(bounce, 'bounceSubType');
  return recipientsOf(bounce, 'bouncedRecipients').map((recipient) => {
    const said = { status: textAt(recipient, 'status'), diagnostic: textAt(recipient, 'diagnosticCode') };
    return noticeOf({ ...about, recipient: addressOf(textAt(recipient, 'emailAddress')), at: instantOf(bounce.timestamp, about.at) }, bounceMeans(type, subType, said), said);
  });
}

/** `Undetermined`, and types to come, are soft: Amazon itself does not know. */
function bounceMeans(type: string, subType: string, said: Said): Meaning {
  if (type === 'Permanent') return subType === 'Suppressed' || subType === 'OnAccountSuppressionList' ? meaning('hard', 'suppressed_at_provider') : hard(said);
  if (type !== 'Transient') return atMostSoft(said);
  if (subType === 'MailboxFull') return meaning('soft', 'full');
  if (subType === 'MessageTooLarge') return meaning('soft', 'too_big');
  if (subType === 'ContentRejected' || subType === 'AttachmentRejected') return meaning('block', 'content');
  return said.status === '4.4.7' ? meaning('soft', 'expired') : atMostSoft(said);
}

function readComplaint(complaint: Fields, about: About): ReturnNotice[] {
  const kinds = [textAt(complaint, 'complaintFeedbackType'), textAt(complaint, 'complaintSubType')];
  // "This was no spam after all", and reports about signatures, are not against the sender (RFC 5965, section 7.3).
  if (kinds.includes('not-spam') || kinds.includes('auth-failure')) return [];
  const suppressed = kinds.includes('OnAccountSuppressionList') ? 'suppressed_at_provider' as const : null;
  const at = instantOf(textAt(complaint, 'arrivalDate') || complaint.timestamp, about.at);
  return recipientsOf(complaint, 'complainedRecipients').map((recipient) =>
    noticeOf({ ...about, recipient: addressOf(textAt(recipient, 'emailAddress')), at }, meaning('complaint', suppressed), { diagnostic: kinds.filter(Boolean).join(' ') }));
}

function readDelivery(delivery: Fields, about: About): ReturnNotice[] {
  return listAt(delivery, 'recipients').filter((each) => typeof each === 'string').map((recipient) =>
    noticeOf({ ...about, recipient: addressOf(recipient), at: instantOf(delivery.timestamp, about.at) }, meaning('delivered'), { diagnostic: textAt(delivery, 'smtpResponse') }));
}

function readDelay(delay: Fields, about: About): ReturnNotice[] {
  const isFull = textAt(delay, 'delayType') === 'MailboxFull';
  return recipientsOf(delay, 'delayedRecipients').map((recipient) => {
    const said = { status: textAt(recipient, 'status'), diagnostic: textAt(recipient, 'diagnosticCode') };
    return noticeOf({ ...about, recipient: addressOf(textAt(recipient, 'emailAddress')), at: instantOf(delay.timestamp, about.at) }, isFull ? meaning('delayed', 'full') : delayed(said), said);
  });
}

/** A person used the unsubscribe link or header that Amazon manages. Opting in again there is no consent given to us. */
function readSubscription(subscription: Fields, about: About): ReturnNotice[] {
  const { newTopicPreferences, oldTopicPreferences } = { newTopicPreferences: fieldsAt(subscription, 'newTopicPreferences'), oldTopicPreferences: fieldsAt(subscription, 'oldTopicPreferences') };
  const left = newTopicPreferences.unsubscribeAll === true || optedOut(newTopicPreferences).some((topic) => !optedOut(oldTopicPreferences).includes(topic));
  return left ? [noticeOf({ ...about, at: instantOf(subscription.timestamp, about.at) }, meaning('unsubscribe'), { diagnostic: textAt(subscription, 'source') })] : [];
}

function optedOut(preferences: Fields): string[] {
  const topics = [...listAt(preferences, 'topicSubscriptionStatus'), ...listAt(preferences, 'topicDefaultSubscriptionStatus')].filter(isFields);
  return topics.filter((topic) => textAt(topic, 'subscriptionStatus') === 'OptOut').map((topic) => textAt(topic, 'topicName'));
}

