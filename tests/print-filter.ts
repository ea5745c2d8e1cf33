/** @file The tree of a filter as text that `parseFilter` reads. */
import assert from 'node:assert';
import type { Comparison, Filter } from '../src/stores/filter.ts';
import { needsQuotes } from '../src/stores/filter-tokens.ts';
import type { AttributeValue } from '../src/stores/row.ts';

/** The expression, on one line. `and` and `or` must be of two parts or more: fewer have no text. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      assert(filter.of.length > 1, `${filter.kind} of fewer than two`);
      const bindsLooser = filter.kind === 'and' ? ['and', 'or'] : ['or'];
      return filter.of
        .map((part) => (bindsLooser.includes(part.kind) ? `(${printFilter(part)})` : printFilter(part)))
        .join(` ${filter.kind} `);
    }
    case 'not': {
      const { of } = filter;
      if (of.kind === 'equals') return `${printName(of.field)} != ${printValue(of.value)}`;
      return of.kind === 'and' || of.kind === 'or' ? `not (${printFilter(of)})` : `not ${printFilter(of)}`;
    }
    default:
      return printComparison(filter);
  }
}

function printComparison(comparison: Comparison): string {
  const field = printName(comparison.field);
  switch (comparison.kind) {
    case 'equals':
      return `${field} = ${printValue(comparison.value)}`;
    case 'order':
      return `${field} ${comparison.operator} ${printValue(comparison.value)}`;
    case 'in':
      return `${field} in (${comparison.values.map(printValue).join(', ')})`;
  }
}

function printName(name: string): string {
  return needsQuotes(name) ? printText(name) : name;
}

function printValue(value: AttributeValue): string {
  return typeof value === 'string' ? printText(value) : String(value);
}

/** Control and invisible characters are escaped: the text is harmless where it is shown. */
function printText(text: string): string {
  const inner = text
    .replace(/[\\"]/g, '\\$&')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
      Array.from(
        { length: character.length },
        (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
      ).join(''),
    );
  return `"${inner}"`;
}
