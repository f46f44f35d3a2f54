import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.tsx';
import { EmptyState, Loading } from '../../ui/states.tsx';
import { useDraft } from '../campaigns/draft/draft-context.tsx';
import { SaveState } from '../campaigns/draft/save-state.tsx';
import type { InAppContent } from '../in-app/content.ts';
import { saidTemplate } from '../../lib/templates.ts';
import { openingOf } from '../campaigns/words/opening.ts';
import { wholeEmail, type EmailContent } from './email-editor/content.ts';
import { EmailEditor } from './email-editor/email-editor.tsx';
import { EventName } from './email-editor/tags.ts';
import type { Chat, Webhook } from './hooks/content.ts';
import { messageAt, withMessage, type FoundMessage, type WrittenMessage } from './message-at.ts';

const route = getRouteApi('/campaigns/$id/messages/$stepId');

/** Loaded when a message of this channel is opened. */
const InAppMessage = lazy(() => import('./in-app-message.tsx'));
const ChatMessage = lazy(() => import('./hooks/chat-message.tsx'));
const WebhookMessage = lazy(() => import('./hooks/webhook-message.tsx'));

/** One message of a campaign over the whole page: its variants, languages and views are in the address. */
export function MessagePage() {
  const { t } = useTranslation();
  const { id, stepId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { definition, change, readOnly } = useDraft();
  const found = messageAt(definition, stepId);
  const variant = found?.variants.find(({ key }) => key === search.variant) ?? found?.variants[0];
  if (!found || !variant) return <EmptyState title={t('messages.noEmail')} hint={t('messages.noEmailHint')} action={<TextLink to="/campaigns/$id" params={{ id }}>{t('messages.back')}</TextLink>} />;
  const write = (content: WrittenMessage, merge?: string) => { change((now) => withMessage(now, stepId, variant.key, content), merge === undefined ? undefined : `${stepId} ${variant.key} ${merge}`); };
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={2} size="h4">{saidTemplate(found.name || openingOf(variant.content)) || t('messages.writes', { step: stepId })}</Title>
          {found.variants.length > 1 && <SegmentedControl size="xs" aria-label={t('messages.variants')} value={variant.key} data={found.variants.map(({ key, name }) => ({ value: key, label: name || key }))} onChange={(next) => { void navigate({ search: { ...search, variant: next }, replace: true }); }} />}
          {found.isFallback && <Text size="sm" c="dimmed">{found.rung === null ? t('messages.fallback') : t('messages.rung', { number: found.rung })}</Text>}
        </Group>
        <SaveState />
      </Group>
      {found.channel === 'chat' || found.channel === 'webhook' ? <HookMessage key={`${stepId} ${variant.key}`} found={found} content={variant.content ?? {}} readOnly={readOnly} onChange={write} /> : found.channel === 'in_app' ? (
        <Suspense fallback={<Loading rows={6} />}>
          <InAppMessage
            key={`${stepId} ${variant.key}`} content={variant.content as Partial<InAppContent> | undefined} topic={found.topic} readOnly={readOnly} onChange={(content) => { write(content, 'content'); }}
            language={search.lang ?? null} onLanguage={(lang) => { void navigate({ search: { ...search, lang: lang ?? undefined }, replace: true }); }}
          />
        </Suspense>
      ) : <EmailEditor
        key={`${stepId} ${variant.key}`} value={wholeEmail(variant.content as Partial<EmailContent> | undefined)} onChange={write} readOnly={readOnly}
        context={{ topic: found.topic, event: found.event, variants: found.variants.map(({ key, name, content }) => ({ key, name, content: wholeEmail(content) })) }}
        shown={{ language: search.lang, view: search.view ?? 'design', onShow: ({ view, ...rest }) => { void navigate({ search: { ...search, ...(view ? { view: view === 'design' ? undefined : view } : {}), ...('language' in rest ? { lang: rest.language } : {}) }, replace: true }); } }}
      />}
    </Stack>
  );
}

/** What goes to a system or a chat. */
function HookMessage({ found, content, readOnly, onChange }: { found: FoundMessage; content: Partial<WrittenMessage>; readOnly: boolean; onChange(content: WrittenMessage, merge?: string): void }) {
  return (
    <Suspense fallback={<Loading rows={6} />}>
      <EventName value={found.event}>
        {found.channel === 'chat' ? <ChatMessage content={content as Chat} readOnly={readOnly} onChange={onChange} /> : <WebhookMessage content={content as Webhook} readOnly={readOnly} onChange={onChange} />}
      </EventName>
    </Suspense>
  );
}
