import { verify, type KeyObject } from 'node:crypto';
import { isFields, textAt, type Fields } from './fields.js';
import { isTimely, refusal, type Refusal } from './provider.js';

/**
 * Amazon SNS over HTTPS (docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html). A good signature proves only that
 * some account of AWS sent it: what makes it ours is the list of topics.
 */
export const SNS_TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;
export type SnsType = (typeof SNS_TYPES)[number];

export interface SnsMessage {
  type: SnsType;
  messageId: string;
  topicArn: string;
  signatureVersion: '1' | '2';
  signature: string;
  signingCertUrl: string;
  /** Where a subscription is confirmed; of the two confirmations only. */
  subscribeUrl: string;
  timestamp: Date;
  /** What the sender has signed, in the order the protocol prescribes. */
  signedText: string;
}

const CERT_URL = /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/SimpleNotificationService-[a-z0-9]+\.pem$/;
const SUBSCRIBE_URL = /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/\?Action=ConfirmSubscription&[\x21-\x7e]{1,2000}$/;

const NOTIFICATION_LINES = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const CONFIRMATION_LINES = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** The envelope of SNS, not yet believed. */
export function readSnsMessage(value: unknown): SnsMessage | Refusal {
  if (!isFields(value)) return refusal('malformed', 'invalid', 'The body is not a message of Amazon SNS.');
  const type = SNS_TYPES.find((each) => each === textAt(value, 'Type'));
  const version = (['1', '2'] as const).find((each) => each === textAt(value, 'SignatureVersion'));
  const missing = ['MessageId', 'TopicArn', 'Timestamp', 'Signature', 'SigningCertURL', ...(type === 'Notification' ? ['Message'] : ['SubscribeURL', 'Token'])].find((name) => typeof value[name] !== 'string');
  if (!type || missing) return refusal('malformed', 'invalid', `The body is not a message of Amazon SNS: ${missing ?? 'Type'} is missing or unknown.`);
  if (!version) return refusal('version', 'forbidden', 'SignatureVersion must be 1 or 2.');
  return {
    type, signatureVersion: version, messageId: textAt(value, 'MessageId'), topicArn: textAt(value, 'TopicArn'), signature: textAt(value, 'Signature'),
    signingCertUrl: textAt(value, 'SigningCertURL'), subscribeUrl: textAt(value, 'SubscribeURL'), timestamp: new Date(textAt(value, 'Timestamp')), signedText: signedText(type, value),
  };
}

function signedText(type: SnsType, value: Fields): string {
  const names = type === 'Notification' ? NOTIFICATION_LINES : CONFIRMATION_LINES;
  return names.filter((name) => typeof value[name] === 'string').map((name) => `${name}\n${value[name] as string}\n`).join('');
}

/** What can be refused before anything is fetched from anywhere. Null when the certificate may be asked for. */
export function refuseSns(message: SnsMessage, topicArns: readonly string[], now: Date): Refusal | null {
  if (!topicArns.includes(message.topicArn)) return refusal('topic', 'forbidden', 'This topic is not one of the topics of the connection.');
  if (!CERT_URL.test(message.signingCertUrl)) return refusal('certificate_url', 'forbidden', 'SigningCertURL is not an address of Amazon SNS.');
  if (message.type !== 'Notification' && !SUBSCRIBE_URL.test(message.subscribeUrl)) return refusal('subscribe_url', 'forbidden', 'SubscribeURL is not an address of Amazon SNS.');
  if (!isTimely(message.timestamp, now)) return refusal('timestamp', 'forbidden', 'The message is too old, or from the future.');
  return null;
}

/** Whether the owner of the certificate signed it: RSA over SHA-1 in version 1, over SHA-256 in version 2. */
export function isSignedBySns(message: SnsMessage, key: KeyObject): boolean {
  const digest = message.signatureVersion === '1' ? 'sha1' : 'sha256';
  return key.asymmetricKeyType === 'rsa' && verify(digest, Buffer.from(message.signedText, 'utf8'), key, Buffer.from(message.signature, 'base64'));
}
