import { ColorInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TagInput } from '../email-editor/tag-input.tsx';
import { PickReply } from '../replies/pick-reply.tsx';
import { withReply } from '../replies/reply-text.ts';
import { DetailsField, LinksField } from './chat-parts.tsx';
import { chatGaps, withParts, type Chat } from './content.ts';
import { useOwnLanguage } from '../languages.ts';
import { EndpointField, useEndpoints } from './endpoint-field.tsx';
import { HookPage } from './hook-page.tsx';
import { usePayload } from './use-payload.ts';

const SWATCHES = ['#1C7ED6', '#2F9E44', '#FAB005', '#E03131', '#868E96'];
interface Given { content: Chat; readOnly: boolean; onChange(content: Chat, merge: string): void }

/** A notice to the team's chat whole: where to, words, colour, details, links, and the one member where the chat knows members. */
export default function ChatMessage({ content, readOnly, onChange }: Given) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<string>();
  const gaps = chatGaps(content);
  const preview = usePayload({ channel: 'chat', content }, person, gaps.length === 0);
  const kind = useEndpoints().data?.items.find(({ id }) => id === content.endpointId)?.kind;
  const language = useOwnLanguage();
  const put = (parts: Partial<Record<keyof Chat, unknown>>, merge: string) => { onChange(withParts(content, parts), merge); };
  const at = (path: string) => preview.data?.problems.filter((one) => one.path === path).map(({ message }) => message).join(' ') || undefined;
  return (
    <HookPage preview={preview} isWhole={gaps.length === 0} chat person={person} onPerson={setPerson}>
      <EndpointField chat value={content.endpointId ?? ''} field="endpointId" readOnly={readOnly} onChange={(endpointId) => { put({ endpointId }, 'endpointId'); }} />
      <TagInput label={t('hooks.title')} value={content.title ?? ''} maxLength={500} readOnly={readOnly} error={at('title')} onChange={(title) => { put({ title }, 'title'); }} />
      <TagInput label={t('hooks.text')} value={content.text ?? ''} maxLength={3_000} lines readOnly={readOnly} error={at('text')} onChange={(text) => { put({ text }, 'text'); }} />
      {!readOnly && <PickReply language={language} onPick={(replies) => { put({ text: withReply(content.text, replies, language) }, 'text'); }} />}
      <ColorInput label={t('hooks.color')} description={t('hooks.colorHint')} value={content.color ?? ''} format="hex" swatches={SWATCHES} readOnly={readOnly} error={gaps.includes('color') && t('hooks.badColor')} maw={240} eyeDropperButtonProps={{ 'aria-label': t('hooks.pick') }} onChange={(color) => { put({ color: color === '' ? undefined : color.toUpperCase() }, 'color'); }} />
      <DetailsField details={content.details ?? []} readOnly={readOnly} at={at} onChange={(details, merge) => { put({ details }, `details ${merge}`); }} />
      <LinksField links={content.links ?? []} readOnly={readOnly} at={at} onChange={(links, merge) => { put({ links }, `links ${merge}`); }} />
      {(kind === 'jandi' || content.memberEmail !== undefined) && <TagInput label={t('hooks.member')} description={t('hooks.memberHint')} value={content.memberEmail ?? ''} maxLength={500} readOnly={readOnly} error={kind === 'slack' ? t('hooks.noMembers') : at('memberEmail')} onChange={(memberEmail) => { put({ memberEmail: memberEmail === '' ? undefined : memberEmail }, 'memberEmail'); }} />}
    </HookPage>
  );
}
