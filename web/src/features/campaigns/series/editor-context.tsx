import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useDraft } from '../draft/draft-context.tsx';
import type { CampaignDocument } from '../draft/draft-port.ts';
import { seriesOf, type Series, type Step } from './model.js';

const route = getRouteApi('/campaigns/$id/');
type Flow = Api<'StepFlowReport'>['steps'][number];

export interface Editor {
  series: Series & { steps: Step[] };
  /** Changes the series; see `useDraft` for `merge`. */
  change(edit: (series: Series & { steps: Step[] }) => Series, merge?: string): void;
  readOnly: boolean;
  /** What the inspector shows; null: nothing. */
  at: string | null;
  /** Opens a card or a step, at one of its fields if given. */
  open(at: string, field?: string): void;
  /** Closes the inspector; the focus goes back to where it was opened from. */
  close(): void;
  /** The field asked for last; `asked` tells two wishes for the same field apart. */
  wish: { at: string; field: string | null; asked: number } | null;
  /** Live counts of the published version, by step. */
  flow: ReadonlyMap<string, Flow>;
  /** Ids that results of earlier versions are kept under. */
  used: readonly string[];
}

const Context = createContext<Editor | null>(null);

/** The id that the button of a step or a card has in the page. */
export const buttonId = (at: string): string => `at-${at}`;
export const focusButton = (at: string): void => { requestAnimationFrame(() => { document.getElementById(buttonId(at))?.focus({ preventScroll: true }); }); };

/** What all parts of the series editor share. What is open is in the address, so that a link leads to a step. */
export function SeriesProvider({ children }: { children: ReactNode }) {
  const { definition, change: changeDefinition, readOnly, campaign } = useDraft();
  const { at: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const series = useMemo(() => seriesOf(definition), [definition]);
  const [wish, setWish] = useState<Editor['wish']>(null);
  const opener = useRef<HTMLElement | null>(null);
  const { flow, used } = useFlow(campaign);
  const at = asked !== undefined && (asked.startsWith('$') || series.steps.some(({ id }) => id === asked)) ? asked : null;

  const change = useCallback<Editor['change']>((edit, merge) => {
    changeDefinition((before) => {
      const read = seriesOf(before);
      const after = edit(read);
      return after === read ? before : (after as unknown as CampaignDocument['definition']);
    }, merge);
  }, [changeDefinition]);
  const show = useCallback((next: string | undefined) => { void navigate({ search: (before) => ({ ...before, at: next }), replace: true, resetScroll: false }); }, [navigate]);
  const open = useCallback<Editor['open']>((next, field) => {
    opener.current = document.activeElement as HTMLElement | null;
    setWish((before) => ({ at: next, field: field ?? null, asked: (before?.asked ?? 0) + 1 }));
    show(next);
  }, [show]);
  const close = useCallback(() => {
    const back = opener.current;
    if (back?.isConnected && back !== document.body && !back.closest('[data-inspector]')) back.focus({ preventScroll: true });
    else if (at) focusButton(at);
    setWish(null);
    show(undefined);
  }, [at, show]);
  const value = useMemo<Editor>(() => ({ series, change, readOnly, at, open, close, wish, flow, used }), [series, change, readOnly, at, open, close, wish, flow, used]);
  return <Context value={value}>{children}</Context>;
}

export function useSeries(): Editor {
  const editor = use(Context);
  if (!editor) throw new Error('useSeries is only for parts of the series editor');
  return editor;
}

/** Changes one step; `field` names what is typed in, so that its letters are one step of undo. */
export function useStepChange<S extends Step>(id: string): (change: (step: S) => S, field?: string) => void {
  const { change } = useSeries();
  return useCallback((edit, field) => {
    change((series) => ({ ...series, steps: series.steps.map((step) => (step.id === id ? edit(step as S) : step)) }), field && `${id}.${field}`);
  }, [change, id]);
}

function useFlow({ id, currentVersion }: { id: string; currentVersion: { number: number } | null }) {
  const report = useQuery({ queryKey: ['step-flow', id, 'editor'], queryFn: () => answer(api.GET('/v1/campaigns/{id}/reports/step-flow', { params: { path: { id }, query: {} } })), enabled: currentVersion !== null, refetchInterval: 15_000 });
  const steps = report.data?.steps;
  return useMemo(() => ({
    flow: new Map((steps ?? []).filter(({ version }) => version === currentVersion?.number).map((step) => [step.stepId, step])),
    used: [...new Set((steps ?? []).map(({ stepId }) => stepId))],
  }), [steps, currentVersion?.number]);
}
