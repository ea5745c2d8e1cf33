/**
 * @file Which column of a feed holds which of our fields: by the names that feeds use, by the user's `--map`, and the
 * further attributes that the user asked for.
 */
import { UsageError } from '../errors/errors.ts';
import { foldCase } from '../text/word-forms.ts';
import type { AttributeSchema, AttributeType } from './attributes.ts';
import { catalogueSchema } from './catalogue.ts';

/** Our field to the names that its column may have, the best first; compared as {@link plainName} makes them. */
export interface ColumnNames {
  readonly [field: string]: readonly string[];
}

/** What the user said of a feed's columns. */
export interface FeedMapping {
  /** Our field or further attribute to the name of its column: `--map price=PreisBrutto`. */
  readonly columns?: { readonly [field: string]: string };
  /** Further attributes: `--attribute material`. */
  readonly attributes?: AttributeSchema;
}

/** A row's values by our names. */
export interface PickedValues {
  readonly fields: { readonly [field: string]: unknown };
  readonly further: { readonly [name: string]: unknown };
}

/** A column that the user named, in which no row had a value. */
export interface EmptyColumn {
  readonly column: string;
  /** That named it: `--map price=Cost`. */
  readonly flag: string;
  readonly numRows: number;
}

interface Target {
  readonly kind: 'field' | 'further';
  readonly name: string;
  /** Place among the names that this field's column may have: the lowest wins. */
  readonly rank: number;
}

/** Names of columns that are remembered: objects of JSON may have any. */
const maxRemembered = 10_000;

/** Finds the values of our fields in records whose keys are the feed's own names. */
export class FeedColumns {
  readonly #names: ColumnNames;
  readonly #furtherNames: { readonly [name: string]: string };
  /** Columns that the user named, and the flags that did. */
  readonly #asked: { readonly name: string; readonly column: string; readonly flag: string }[] = [];
  readonly #targets = new Map<string, readonly Target[]>();
  /** Our names under which a row had a value. */
  readonly #filled = new Set<string>();
  #numRows = 0;

  /**
   * @param names of the format
   * @param owner who has these fields, in messages: `a Shopify export does`
   * @throws UsageError when the mapping names a field that we do not have
   */
  constructor(names: ColumnNames, { columns = {}, attributes = {} }: FeedMapping = {}, owner = 'items do') {
    const mapped = new Map<string, string>();
    for (const [field, column] of Object.entries(columns)) {
      const name = Object.hasOwn(attributes, field) ? field : fieldNamed(field, names);
      if (name === undefined) {
        const known = [...Object.keys(names), ...Object.keys(attributes)].join(', ');
        throw new UsageError(`a field that ${owner} not have`, {
          where: `--map ${field}=${column}`,
          expected: `one of ${known}`,
          got: field,
          cure: 'Name a further attribute with --attribute first.',
        });
      }
      mapped.set(name, column);
      this.#asked.push({ name, column, flag: `--map ${field}=${column}` });
    }
    this.#names = Object.fromEntries(
      Object.entries(names).map(([field, aliases]) => {
        const column = mapped.get(field);
        return [field, column === undefined ? aliases : [plainName(column)]];
      }),
    );
    this.#furtherNames = Object.fromEntries(
      Object.keys(attributes).map((name) => {
        const column = mapped.get(name) ?? name;
        if (!mapped.has(name)) this.#asked.push({ name, column, flag: `--attribute ${name}` });
        return [name, plainName(column)];
      }),
    );
  }

  /** The values of one record; what it has under no name of ours is left out. */
  pick(record: object): PickedValues {
    const fields: Record<string, unknown> = {};
    const further: Record<string, unknown> = {};
    const ranks: Record<string, number> = {};
    this.#numRows += 1;
    for (const [column, value] of Object.entries(record)) {
      for (const { kind, name, rank } of this.#targetsOf(column)) {
        if (!isEmpty(value)) this.#filled.add(name);
        if (kind === 'further') {
          if (!Object.hasOwn(further, name)) further[name] = value;
        } else if (!(ranks[name] <= rank)) {
          ranks[name] = rank;
          fields[name] = value;
        }
      }
    }
    return { fields, further };
  }

  /** Columns that the user named and that were empty in every row that was picked from. */
  emptyColumns(): EmptyColumn[] {
    if (this.#numRows === 0) return [];
    const empty = this.#asked.filter(({ name }) => !this.#filled.has(name));
    return empty.map(({ column, flag }) => ({ column, flag, numRows: this.#numRows }));
  }

  /** Whether one of these fields comes from this column. */
  readsFor(fields: readonly string[], column: string): boolean {
    return this.#targetsOf(column).some(({ kind, name }) => kind === 'field' && fields.includes(name));
  }

  /** Whether any of our values comes from this column. */
  reads(column: string): boolean {
    return this.#targetsOf(column).length > 0;
  }

  /** Of the fields given, those that no column holds, with the names that it may have. */
  missing(
    fields: readonly string[],
    header: readonly string[],
  ): { readonly field: string; readonly names: readonly string[] }[] {
    const present = new Set(header.map(plainName));
    return fields
      .map((field) => ({ field, names: this.#names[field] }))
      .filter(({ names }) => !names.some((name) => present.has(name)));
  }

  /** @throws UsageError when a column that the user named is not there */
  requireAsked(header: readonly string[], where: string): void {
    const present = new Set(header.map(plainName));
    for (const { column, flag } of this.#asked) {
      if (present.has(plainName(column))) continue;
      const shown = header.filter((name) => name !== '').slice(0, 60);
      throw new UsageError('the feed has no such column', {
        where: `${where}, ${flag}`,
        expected: `one of ${shown.join(', ')}${header.length > shown.length ? ', ...' : ''}`,
        got: column,
        cure: 'Name one of these; case, spaces, dashes and underscores do not matter.',
      });
    }
  }

  get asksForColumns(): boolean {
    return this.#asked.length > 0;
  }

  #targetsOf(column: string): readonly Target[] {
    const known = this.#targets.get(column);
    if (known !== undefined) return known;
    const plain = plainName(column);
    const targets: Target[] = [];
    for (const [name, aliases] of Object.entries(this.#names)) {
      const rank = aliases.indexOf(plain);
      if (rank >= 0) targets.push({ kind: 'field', name, rank });
    }
    for (const [name, wanted] of Object.entries(this.#furtherNames)) {
      if (wanted === plain) targets.push({ kind: 'further', name, rank: 0 });
    }
    if (this.#targets.size < maxRemembered) this.#targets.set(column, targets);
    return targets;
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Without case, accents, spaces, dashes, underscores, and the prefix that Google's feeds have in XML. */
export function plainName(name: string): string {
  return foldCase(name)
    .replace(/^\s*g:/, '')
    .replace(/[\s_-]/g, '');
}

/**
 * `material`, `size:number`: a further attribute and its type.
 *
 * @throws UsageError when the name is taken, or is none that a filter could name
 */
export function parseAttributeFlag(text: string): readonly [name: string, type: AttributeType] {
  const [name = '', type = 'string', ...others] = text.split(':');
  const where = `--attribute ${text}`;
  if (!/^[a-z_]\w{0,63}$/i.test(name) || others.length > 0) {
    const expected = 'NAME or NAME:TYPE, the name of letters, digits and underscores';
    throw new UsageError('not the name of an attribute', { where, expected, got: text });
  }
  if (type !== 'string' && type !== 'number' && type !== 'boolean') {
    throw new UsageError('an unknown type', { where, expected: 'string, number or boolean', got: type });
  }
  const taken = [...Object.keys(catalogueSchema), 'product', 'variant', 'image', 'label', 'score', 'region', 'id'];
  if (taken.includes(name)) {
    const cure = `To read it from a column of your own: --map ${name}=COLUMN.`;
    throw new UsageError('items have this attribute already', { where, got: name, cure });
  }
  return [name, type];
}

/** Our field by its name, in either spelling of colour. */
function fieldNamed(name: string, names: ColumnNames): string | undefined {
  const plain = plainName(name) === 'color' ? 'colour' : plainName(name);
  return Object.keys(names).find((field) => plainName(field) === plain);
}
