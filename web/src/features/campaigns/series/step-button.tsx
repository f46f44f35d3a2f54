import { Group, Text, UnstyledButton } from '@mantine/core';
import { memo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { TemplateText } from '../words/template-text.tsx';
import { buttonId, useSeries } from './editor-context.tsx';
import classes from './editor.module.css';
import { kindOf, type Step } from './model.js';
import { StepIcon } from './step-icon.tsx';
import { useStepWords } from './step-words.ts';

interface Props { step: Step; open: boolean; faults: number; tabIndex?: number; onOpen(id: string): void; onKey(event: KeyboardEvent, id: string): void }

/** A step as one button: what it is, what it does in the words of who made it, who is there now. */
export const StepButton = memo(function StepButton({ step, open, faults, tabIndex = 0, onOpen, onKey }: Props) {
  const { t } = useTranslation();
  const { kind, title, summary, template } = useStepWords(step);
  const { flow } = useSeries();
  const counts = flow.get(step.id);
  const live = counts && t('series.live', { arrived: counts.arrived, here: counts.here, left: counts.left });
  return (
    <UnstyledButton id={buttonId(step.id)} className={classes.step} data-open={open || undefined} aria-pressed={open} tabIndex={tabIndex} onClick={() => { onOpen(step.id); }} onKeyDown={(event) => { onKey(event, step.id); }}>
      <Group gap={6} wrap="nowrap"><StepIcon kind={kindOf(step)} /><Text size="xs" c="dimmed">{kind}</Text>{faults > 0 && <Text size="xs" className={classes.fault}>{t('series.toDo', { count: faults })}</Text>}</Group>
      <Text size="sm" fw={600} lineClamp={2}>{template ? <TemplateText text={template} /> : title}</Text>
      {summary && <Text size="xs" c="dimmed" lineClamp={1}>{summary}</Text>}
      {live && <Text size="xs" className={classes.live}>{live}</Text>}
    </UnstyledButton>
  );
});
