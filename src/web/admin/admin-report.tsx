/** @file What a keeper looks at: catalogue, last import, index, what shoppers did not find, the model's card. */
import type { ReactNode } from 'react';
import type { AdminQueries, AdminSummary } from '../../client/client.ts';
import { useWords } from '../words/words-context.tsx';

type Queries = AdminQueries['queries'];

interface Props {
  readonly summary: AdminSummary;
  readonly none: Queries;
  readonly weak: Queries;
}

export function AdminReport({ summary, none, weak }: Props) {
  const { words, language } = useWords();
  const { store, catalogue, lastImport, queries } = summary;
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  return (
    <>
      <Section title={words.admin.catalogue}>
        <Facts
          facts={[
            [words.admin.products, number(store.products)],
            [words.admin.pictures, number(store.rows)],
            [words.admin.withoutGarment, number(store.wholePictures)],
          ]}
        />
        <div className="columns">
          <Bars title={words.admin.labels} counts={catalogue.labels} isLabels />
          <Bars title={words.admin.categories} counts={catalogue.categories} isLabels />
          <Bars title={words.admin.brands} counts={catalogue.brands} />
        </div>
      </Section>
      <Section title={words.admin.lastImport}>
        {lastImport === null ? <p className="hint">{words.admin.noImport}</p> : <LastImport lastImport={lastImport} />}
      </Section>
      <Section title={words.admin.index}>
        <IndexHealth store={store} />
      </Section>
      <Section title={words.admin.queries}>
        <Facts
          facts={[
            [words.admin.answered, number(queries.answered)],
            [words.admin.none, number(queries.withoutResult)],
            [words.admin.weak, number(queries.weak)],
          ]}
        />
        <QueryTable title={words.admin.none} queries={none} />
        <QueryTable title={words.admin.weak} queries={weak} />
      </Section>
      <Section title={words.admin.model}>
        {/* The card is the model maker's, in English, and wide. */}
        <ScrollArea name={summary.store.modelId}>
          <pre className="model-card" lang="en" dir="ltr">
            {summary.modelCard}
          </pre>
        </ScrollArea>
      </Section>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="admin-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** As many as are looked at; the rest are in the shop's own lists. */
const maxBars = 13;

function Bars(props: {
  readonly title: string;
  readonly counts: AdminSummary['catalogue']['labels'];
  readonly isLabels?: true;
}) {
  const { label } = useWords();
  const counts = props.counts.slice(0, maxBars);
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return (
    <div>
      <h3>{props.title}</h3>
      <ul className="bars">
        {counts.map(({ value, count }) => (
          <li key={value}>
            <span>{props.isLabels ? label(value) : value}</span>
            <span className="bar" style={{ inlineSize: `${(100 * count) / most}%` }} />
            <span className="count">{count}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function LastImport({ lastImport }: { readonly lastImport: NonNullable<AdminSummary['lastImport']> }) {
  const { words } = useWords();
  const when = useMoment();
  const { at, source, added, updated, unchanged, removed, numFailed, failed } = lastImport;
  return (
    <>
      <p className="hint">
        {when(at)} · <bdi>{source}</bdi>
      </p>
      <Facts
        facts={[
          [words.admin.added, String(added)],
          [words.admin.updated, String(updated)],
          [words.admin.unchanged, String(unchanged)],
          [words.admin.removed, String(removed)],
          [words.admin.failed, String(numFailed)],
        ]}
      />
      {failed.length > 0 && (
        <ul className="failures">
          {failed.map((each) => (
            <li key={each.source}>
              <bdi>{each.source}</bdi>
              <span className="hint">{each.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function IndexHealth({ store }: { readonly store: AdminSummary['store'] }) {
  const { words, language, count } = useWords();
  const when = useMoment();
  const share = (value: number) =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  const { index, committedAt, kind } = store;
  return (
    <>
      {index === null ? (
        <p>{words.admin.exactIndex}</p>
      ) : (
        <Facts
          facts={[
            [words.admin.recall, share(index.recall)],
            [words.admin.recallFiltered, share(index.recallFiltered)],
          ]}
        />
      )}
      <p className="hint">
        {index !== null && `${count(words.admin.measuredOn, index.queries)} · `}
        {kind}
        {committedAt !== null && ` · ${words.admin.committed}: ${when(committedAt)}`}
      </p>
    </>
  );
}

function QueryTable({ title, queries }: { readonly title: string; readonly queries: Queries }) {
  const { words, label } = useWords();
  const when = useMoment();
  if (queries.length === 0)
    return (
      <p className="hint">
        {title}: {words.admin.noQueries}
      </p>
    );
  return (
    <ScrollArea name={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{words.admin.when}</th>
            <th scope="col">{words.admin.lookedFor}</th>
            <th scope="col">{words.admin.filter}</th>
            <th scope="col">{words.admin.best}</th>
          </tr>
        </thead>
        <tbody>
          {queries.map(({ queryId, at, label: name, filter, bestSimilarity }) => (
            <tr key={queryId}>
              <td>{when(at)}</td>
              <td>{name === null ? '–' : label(name)}</td>
              <td>
                <bdi>{filter ?? '–'}</bdi>
              </td>
              <td>{bestSimilarity?.toFixed(2) ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}

function ScrollArea({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="scroll-area" tabIndex={0} aria-label={name}>
      {children}
    </section>
  );
}

function useMoment(): (at: string) => string {
  const { language } = useWords();
  return (at) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}
