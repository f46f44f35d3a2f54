import { ScrollArea, Stack, Switch, Text, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOwnLanguage } from '../languages.ts';
import { PickReply } from '../replies/pick-reply.tsx';
import { withReply } from '../replies/reply-text.ts';
import { isOwn, textsIn, withTexts, type EmailContent, type EmailTexts } from './content.ts';
import classes from './email-editor.module.css';

interface Plain { content: EmailContent; language: string | undefined; /** As the preview made it. */ made: string | undefined; onChange(content: EmailContent, merge?: string): void; readOnly: boolean }

/** The part for readers that show no HTML: made of the body, or written by hand. */
export function PlainView({ content, language, made, onChange, readOnly }: Plain) {
  const { t } = useTranslation();
  const own = useOwnLanguage();
  const here = language ?? content.language ?? own;
  const texts = textsIn(content, language);
  const leave = () => {
    const { text: _text, ...rest } = texts;
    onChange(isOwn(content, language) ? (rest as EmailContent) : { ...content, translations: { ...content.translations, [language!]: rest satisfies EmailTexts } });
  };
  return (
    <Stack gap="sm">
      <Switch label={t('messages.plain.own')} checked={texts.text !== undefined} disabled={readOnly} onChange={(event) => { if (event.currentTarget.checked) onChange(withTexts(content, language, { text: '' })); else leave(); }} />
      {texts.text === undefined
        ? <><Text size="sm" c="dimmed">{t('messages.plain.derived')}</Text><PlainText label={t('messages.plain.title')}>{made ?? ''}</PlainText></>
        : <>
          {!readOnly && <PickReply language={here} onPick={(replies) => { onChange(withTexts(content, language, { text: withReply(texts.text, replies, here) })); }} />}
          <Textarea label={t('messages.plain.title')} description={t('messages.plain.hint')} autosize minRows={10} maxRows={30} maxLength={131_072} value={texts.text} readOnly={readOnly} onChange={(event) => { onChange(withTexts(content, language, { text: event.currentTarget.value }), `text ${language ?? ''}`); }} />
        </>}
    </Stack>
  );
}

export const PlainText = ({ label, children }: { label: string; children: string }) => <ScrollArea.Autosize mah={540} className={classes.plain} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>{children}</ScrollArea.Autosize>;
