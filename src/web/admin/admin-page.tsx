/** @file The page of a shop's keeper: opened by a key, which is kept until the tab is closed. */
import { type FormEvent, useEffect, useState } from 'react';
import { Button, Input, Label, Text, TextField } from 'react-aria-components';
import { type AdminQueries, type AdminSummary, ApiFailure, createClient } from '../../client/client.ts';
import { Notice, Waiting } from '../notice.tsx';
import { failureOf } from '../results/failure-kind.ts';
import type { Failure } from '../state/shop-state.ts';
import { useWords } from '../words/words-context.tsx';
import { AdminReport } from './admin-report.tsx';

type Report =
  | { readonly step: 'asked' }
  | { readonly step: 'refused' }
  | { readonly step: 'failed'; readonly failure: Failure }
  | {
      readonly step: 'answered';
      readonly summary: AdminSummary;
      readonly none: AdminQueries;
      readonly weak: AdminQueries;
    };

const place = 'deepshop-admin-key';

export function AdminPage() {
  const { words } = useWords();
  const [key, setKey] = useState(() => window.sessionStorage.getItem(place));
  const [numTries, setNumTries] = useState(0);
  const report = useReport(key, numTries);
  const keep = (given: string | null) => {
    if (given === null) window.sessionStorage.removeItem(place);
    else window.sessionStorage.setItem(place, given);
    setKey(given);
  };
  return (
    <div className="page admin">
      <div className="result-head">
        <h1>{words.admin.title}</h1>
        <span className="spread" />
        {key !== null && (
          <Button className="quiet-button" onPress={() => keep(null)}>
            {words.admin.signOut}
          </Button>
        )}
      </div>
      {(key === null || report.step === 'refused') && <KeyForm onKey={keep} isRefused={report.step === 'refused'} />}
      {key !== null && report.step === 'asked' && <Waiting what={words.searching} />}
      {report.step === 'failed' && <Notice failure={report.failure} onRetry={() => setNumTries(numTries + 1)} />}
      {report.step === 'answered' && (
        <AdminReport summary={report.summary} none={report.none.queries} weak={report.weak.queries} />
      )}
    </div>
  );
}

function useReport(key: string | null, numTries: number): Report {
  const [report, setReport] = useState<Report>({ step: 'asked' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further try asks the same again
  useEffect(() => {
    setReport({ step: 'asked' });
    if (key === null) return;
    const stop = new AbortController();
    const { signal } = stop;
    const shop = createClient({ url: '', key });
    const ask = async () => {
      const [summary, none, weak] = await Promise.all([
        shop.call('adminSummary', { signal }),
        shop.call('adminQueries', { query: { kind: 'none', limit: 50 }, signal }),
        shop.call('adminQueries', { query: { kind: 'weak', limit: 50 }, signal }),
      ]);
      setReport({ step: 'answered', summary, none, weak });
    };
    ask().catch((error: unknown) => {
      if (signal.aborted) return;
      const isRefused = error instanceof ApiFailure && error.code.startsWith('key-');
      setReport(isRefused ? { step: 'refused' } : { step: 'failed', failure: failureOf(error) });
    });
    return () => stop.abort();
  }, [key, numTries]);
  return report;
}

function KeyForm({ onKey, isRefused }: { readonly onKey: (key: string) => void; readonly isRefused: boolean }) {
  const { words } = useWords();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Headers hold no spaces at the ends, nor other than ASCII.
    const key = text.replace(/[^\x21-\x7e]/g, '');
    if (key !== '') onKey(key);
  };
  return (
    <form className="key-form" onSubmit={submit}>
      <TextField type="password" autoComplete="off" value={text} onChange={setText} isInvalid={isRefused}>
        <Label>{words.admin.keyLabel}</Label>
        <Input className="input" />
        <Text slot="description" className="hint">
          {words.admin.keyHint}
        </Text>
      </TextField>
      {isRefused && <p role="alert">{words.admin.refused}</p>}
      <Button type="submit" className="main-button">
        {words.admin.open}
      </Button>
    </form>
  );
}
