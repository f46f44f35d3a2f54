/** A notice for the team after its templates were filled: plain text everywhere, links checked. */
export interface RenderedChat {
  title: string;
  text: string;
  color?: string;
  details: { title: string; description: string; imageUrl?: string }[];
  links: { label: string; url: string }[];
  memberEmail?: string;
}

/** Slack refuses longer ones: a header has 150 characters, a section 3,000, an alternative text 2,000. */
const SLACK_HEADER = 150;
const SLACK_SECTION = 3_000;
const SLACK_ALT = 2_000;

/** Slack's three control characters (api.slack.com, "Formatting text for app surfaces", escaping text): no mention, channel or link can be made of a value. */
export const slackEscape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** In a link `|` ends the address and `>` the link; both are percent-encoded. */
const slackLink = ({ label, url }: RenderedChat['links'][number]): string => `<${slackEscape(url).replace(/\|/g, '%7C')}|${slackEscape(label).replace(/\|/g, '¦')}>`;

/** Cuts escaped text without cutting an entity or a pair of surrogates. */
function cutEscaped(text: string, most: number): string {
  const whole = slackEscape(text);
  if (whole.length <= most) return whole;
  let cut = '';
  for (const char of text) {
    const next = slackEscape(char);
    if (cut.length + next.length > most - 1) break;
    cut += next;
  }
  return `${cut}…`;
}

const cutPlain = (text: string, most: number): string => (text.length <= most ? text : `${[...text].slice(0, most - 1).join('').slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`);

/** The body of a Slack incoming webhook: `text` is what notifications show, `blocks` what the channel shows. A colour makes the blocks an attachment, the only place Slack has for it. */
export function slackPayload(chat: RenderedChat): object {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  const blocks = [
    ...(chat.title === '' ? [] : [{ type: 'header', text: { type: 'plain_text', text: cutPlain(chat.title, SLACK_HEADER), emoji: true } }]),
    section(cutEscaped(chat.text, SLACK_SECTION)),
    ...chat.details.flatMap(({ title, description, imageUrl }) => [
      section(cutEscaped(description === '' ? title : `${title}\n${description}`, SLACK_SECTION)),
      ...(imageUrl === undefined ? [] : [{ type: 'image', image_url: imageUrl, alt_text: cutPlain(title, SLACK_ALT) }]),
    ]),
    ...(chat.links.length === 0 ? [] : [{ type: 'context', elements: chat.links.map((link) => ({ type: 'mrkdwn', text: slackLink(link) })) }]),
  ];
  const text = cutEscaped(chat.title === '' ? chat.text : `${chat.title}: ${chat.text}`, SLACK_SECTION);
  return chat.color === undefined ? { text, blocks } : { text, attachments: [{ color: chat.color, blocks }] };
}

/** JANDI reads `[label](address)` as a link and has no escape: a zero-width space between the brackets keeps a value from making one. */
const jandiText = (text: string): string => text.replace(/\](?=\s*\()/g, ']\u200b');
const jandiLink = ({ label, url }: RenderedChat['links'][number]): string => `[${label.replace(/\[/g, '［').replace(/\]/g, '］')}](${url.replace(/\(/g, '%28').replace(/\)/g, '%29')})`;

/** The body of a JANDI incoming webhook (JANDI help, "Receiving incoming webhooks"); `email` only where a member is named. */
export function jandiPayload(chat: RenderedChat): object {
  const lines = [...(chat.title === '' ? [] : [jandiText(chat.title)]), jandiText(chat.text), ...chat.links.map(jandiLink)];
  return {
    body: lines.join('\n'),
    ...(chat.color === undefined ? {} : { connectColor: chat.color }),
    ...(chat.details.length === 0 ? {} : { connectInfo: chat.details.map(({ title, description, imageUrl }) => ({ title: jandiText(title), description: jandiText(description), ...(imageUrl === undefined ? {} : { imageUrl }) })) }),
    ...(chat.memberEmail === undefined ? {} : { email: chat.memberEmail }),
  };
}
