import type { ChatContent, WebhookContent } from '../../contract/message.js';
import type { CompiledChat, CompiledWebhook } from '../content/compiled.js';
import type { Checked } from '../content/compile-languages.js';
import type { SnippetBook } from '../content/snippets.js';
import { asciiTarget, isImageTarget } from '../content/targets.js';
import { storedSource } from '../content/template-check.js';
import { FieldChecks } from '../content/template-field.js';
import { readTree } from './domain/webhook-tree.js';

/** Checks every template of a webhook and keeps its structure apart from what will be filled in. */
export function compileWebhook(content: WebhookContent, book: SnippetBook): Checked<CompiledWebhook> {
  const fields = new FieldChecks({ book });
  const { problems } = fields;
  const { node, faults } = readTree(content.data, (path, source) => {
    const checked = fields.check(path, source);
    return checked && storedSource(checked);
  });
  problems.push(...faults);
  if (problems.length > 0) return { problems };
  return { value: { kind: 'webhook', format: 1, endpointId: content.endpointId, event: content.event, data: node, warnings: [] } };
}

/** Checks every template of a chat notice. */
export function compileChat(content: ChatContent, book: SnippetBook): Checked<CompiledChat> {
  const fields = new FieldChecks({ book });
  const { problems } = fields;
  const stored = (path: string, source: string) => {
    const checked = fields.check(path, source);
    return checked ? storedSource(checked) : '';
  };
  const target = (path: string, url: string, allowed: (target: string) => boolean, message: string) => {
    const fixed = url.includes('{{') ? null : asciiTarget(url);
    if (!url.includes('{{') && (fixed === null || !allowed(fixed))) problems.push({ path, code: 'message.bad-link', message });
    return stored(path, url);
  };
  const compiled: CompiledChat = {
    kind: 'chat', format: 1, endpointId: content.endpointId,
    title: stored('title', content.title),
    text: stored('text', content.text),
    ...(content.color === undefined ? {} : { color: content.color }),
    details: content.details.map(({ title, description, imageUrl }, index) => ({
      title: stored(`details.${index}.title`, title), description: stored(`details.${index}.description`, description),
      ...(imageUrl === undefined ? {} : { imageUrl: target(`details.${index}.imageUrl`, imageUrl, isImageTarget, 'an image must be at http:// or https://') }),
    })),
    links: content.links.map(({ label, url }, index) => ({ label: stored(`links.${index}.label`, label), url: target(`links.${index}.url`, url, () => true, 'a link must lead to http://, https://, mailto: or tel:') })),
    ...(content.memberEmail === undefined ? {} : { memberEmail: stored('memberEmail', content.memberEmail) }),
    warnings: [],
  };
  return problems.length > 0 ? { problems } : { value: compiled };
}
