import { Box, Grid } from '@mantine/core';
import { useState } from 'react';
import { wholeInApp, type InAppContent } from '../in-app/content.ts';
import { InAppEditor } from '../in-app/in-app-editor.tsx';
import { InAppPreview, useInAppPreview } from '../in-app/preview.tsx';

interface Given {
  content: Partial<InAppContent> | undefined;
  topic: string | undefined;
  readOnly: boolean;
  onChange(content: InAppContent): void;
  language: string | null;
  onLanguage(language: string | null): void;
}

/** An in-app message of a step; beside it the message as it is displayed. What is not written yet is said once something is. */
export default function InAppMessage({ content, topic = 'product-updates', readOnly, onChange, language: wanted, onLanguage }: Given) {
  const [personId, setPerson] = useState<string>();
  const whole = wholeInApp(content);
  const language = wanted !== null && whole.translations?.[wanted] ? wanted : null;
  const preview = useInAppPreview({ content: whole, topic, personId, language: language ?? whole.language });
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 6 }}><InAppEditor value={whole} readOnly={readOnly} problems={preview.faults} language={language} onLanguage={onLanguage} onChange={onChange} /></Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}><Box style={{ position: 'sticky', top: 72 }}><InAppPreview content={whole} preview={preview} language={language} onLanguage={onLanguage} personId={personId} onPerson={setPerson} /></Box></Grid.Col>
    </Grid>
  );
}
