import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { askCheck, checkKey, useCheck } from '../campaigns/check/use-check.ts';
import { useDraft } from '../campaigns/draft/draft-context.tsx';
import type { Finding } from './findings.tsx';

interface AutoCheck {
  /** What publishing would say of the draft as it was last saved. What is only not written yet is left out until somebody wanted to publish. */
  findings: Finding[];
  /** Somebody wanted to publish: from now on gaps are said too. */
  isAsked: boolean;
  /** Asks anew, of what is saved now. */
  ask(): Promise<Finding[]>;
}

const Context = createContext<AutoCheck>({ findings: [], isAsked: false, ask: () => Promise.resolve([]) });
export const useAutoCheck = () => use(Context);

/** The checks of one auto message, asked again whenever it was saved. */
export function AutoCheckProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { campaign: { id, revision } } = useDraft();
  const [isAsked, setAsked] = useState(false);
  const all = useCheck().data?.findings;
  const value = useMemo((): AutoCheck => ({
    findings: (all ?? []).filter(({ code }) => isAsked || code !== 'campaign.not-written'), isAsked,
    ask: async () => {
      setAsked(true);
      const found = await askCheck(id);
      const saved = queries.getQueryData<{ revision: number }>(['campaign', id]);
      queries.setQueryData(checkKey(id, saved?.revision ?? revision), found);
      return found.findings;
    },
  }), [all, isAsked, id, revision, queries]);
  return <Context value={value}>{children}</Context>;
}
