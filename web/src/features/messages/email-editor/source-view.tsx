import { Alert, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../../ui/confirm.tsx';
import { Loading } from '../../../ui/states.tsx';
import type { LineFault } from './code-mirror.tsx';
import { textsIn, toCode, withTexts, type EmailContent } from './content.ts';
import { useFindings, useSaid } from './findings.ts';

/** Loaded with the first look at a source: it is larger than all the rest of the editor. */
const CodeMirror = lazy(() => import('./code-mirror.tsx'));

interface Source { content: EmailContent; language: string | undefined; onChange(content: EmailContent, merge?: string): void; readOnly: boolean }

/** The MJML: of blocks, to be looked at; of a message in code, to be written. */
export function SourceView({ content, language, onChange, readOnly }: Source) {
  const { t } = useTranslation();
  const said = useSaid();
  const texts = textsIn(content, language);
  const found = useFindings('body');
  const faults = useMemo(() => found.flatMap((finding): LineFault[] => {
    const line = /\bline (\d+)/.exec(finding.said)?.[1];
    return line === undefined ? [] : [{ line: Number(line), message: said(finding), severity: finding.severity }];
  }), [found, said]);
  const convert = () => { onChange(toCode(content)); return Promise.resolve(); };
  return (
    <Stack gap="sm">
      {texts.blocks ? (
        <Alert variant="light" color="gray">
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t('messages.source.ofBlocks')}</Text>
            {!readOnly && <Group><ConfirmButton title={t('messages.source.convert')} action={t('messages.source.convert')} typed={null} onConfirm={convert}>{t('messages.source.convertHint')}</ConfirmButton></Group>}
          </Stack>
        </Alert>
      ) : <Text size="sm" c="dimmed">{t('messages.source.hint')}</Text>}
      <Suspense fallback={<Loading />}>
        <CodeMirror key={`${language ?? ''} ${texts.blocks ? 'blocks' : 'code'}`} label={t('messages.source.title')} value={texts.body} readOnly={readOnly || texts.blocks !== undefined} faults={texts.blocks ? NONE : faults} onChange={(body) => { onChange(withTexts(content, language, { body }), `body ${language ?? ''}`); }} />
      </Suspense>
    </Stack>
  );
}

const NONE: LineFault[] = [];
