import { CloseButton, Drawer, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSeries } from '../editor-context.tsx';
import { kindOf, type Step } from '../model.js';
import { isCard } from '../places.ts';
import { StepActs } from '../outline-view.tsx';
import { ActionForm } from './action-form.tsx';
import { EntryForm } from './entry-form.tsx';
import { ExitsForm } from './exits-form.tsx';
import { GoalsForm } from './goals-form.tsx';
import { MessageForm } from './message-form.tsx';
import { PaceForm } from './pace-form.tsx';
import { BranchForm, ExitForm, SplitForm, WaitForm, WaitUntilForm } from './step-forms.tsx';

/** What is open, beside the series or, where there is no room, in a sheet over it. Esc goes back to where it was opened from. */
export function Inspector({ beside }: { beside: boolean }) {
  const { t } = useTranslation();
  const { at, close } = useSeries();
  if (beside) return at && <Paper withBorder component="aside" aria-label={t('series.inspector')} data-inspector><Inside key={at} at={at} /></Paper>;
  return (
    <Drawer opened={at !== null} onClose={close} position="right" size={400} withCloseButton={false} padding={0} trapFocus returnFocus={false} aria-label={t('series.inspector')}>
      {at && <div data-inspector><Inside key={at} at={at} /></div>}
    </Drawer>
  );
}

function Inside({ at }: { at: string }) {
  const { t } = useTranslation();
  const { series, close, readOnly } = useSeries();
  const place = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useWish(at, place, heading);
  const step = isCard(at) ? null : series.steps.find(({ id }) => id === at);
  if (step === undefined) return null;
  return (
    <Stack gap="md" p="md" ref={place} onKeyDown={(event) => { if (isLeaving(event, place.current)) close(); }}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h4" ref={heading} tabIndex={-1} data-autofocus style={{ outline: 'none' }}>{step ? t(`flow.kinds.${kindOf(step)}`) : t(`series.cards.${at as '$entry'}`)}</Title>
        <Group gap={2} wrap="nowrap">{step && !readOnly && <StepActs step={step} />}<CloseButton aria-label={t('confirm.close')} onClick={close} /></Group>
      </Group>
      <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Stack gap="md">{step ? <StepForm step={step} /> : at === '$entry' ? <EntryForm /> : at === '$goals' ? <GoalsForm /> : at === '$pace' ? <PaceForm /> : <ExitsForm />}</Stack>
      </fieldset>
      {step && <Text size="xs" c="dimmed">{t('series.stepId', { id: step.id })}</Text>}
    </Stack>
  );
}

/** Esc, unless it ends a composition or closes a list or a menu of a field. */
function isLeaving(event: KeyboardEvent<HTMLElement>, place: HTMLElement | null): boolean {
  const target = event.target as HTMLElement;
  return event.key === 'Escape' && !event.nativeEvent.isComposing && event.keyCode !== 229 && target.getAttribute('aria-expanded') !== 'true' && place?.contains(target) === true;
}

/** Brings the focus to what was asked for: a field where one is named, else the heading. */
function useWish(at: string, place: React.RefObject<HTMLDivElement | null>, heading: React.RefObject<HTMLHeadingElement | null>): void {
  const { wish } = useSeries();
  useEffect(() => {
    if (wish?.at !== at) return undefined;
    const timer = setTimeout(() => {
      const field = wish.field === null ? null : nearest(place.current, wish.field);
      if (field) {
        field.scrollIntoView({ block: 'nearest' });
        field.focus();
      } else heading.current?.focus({ preventScroll: true });
    });
    return () => { clearTimeout(timer); };
  }, [wish, at, place, heading]);
}

const FOCUSABLE = 'input:not([type=hidden]), textarea, button, select, a[href]';
/** The field of this path, or of the longest beginning of it that is there. */
function nearest(root: HTMLElement | null, path: string): HTMLElement | null {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = root?.querySelector<HTMLElement>(`[data-field="${CSS.escape(parts.slice(0, length).join('.'))}"]`);
    if (found) return found.matches(FOCUSABLE) ? found : found.querySelector<HTMLElement>(FOCUSABLE);
  }
  return null;
}

function StepForm({ step }: { step: Step }): ReactNode {
  switch (step.type) {
    case 'message': return <MessageForm step={step} />;
    case 'wait': return <WaitForm step={step} />;
    case 'wait_until': return <WaitUntilForm step={step} />;
    case 'branch': return <BranchForm step={step} />;
    case 'split': return <SplitForm step={step} />;
    case 'action': return <ActionForm step={step} />;
    case 'exit': return <ExitForm />;
  }
}
