/**
 * @file The text of a filter to its tree.
 *
 *     or:         and { "or" and }
 *     and:        not { "and" not }
 *     not:        "not" not | "(" or ")" | comparison
 *     comparison: field ("=" | "!=" | "<" | "<=" | ">" | ">=") value
 *               | field [ "not" ] "in" "(" value { "," value } ")"
 *     field:      a name, or text in quotes
 *     value:      text in quotes, a number, "true", "false" or "null"
 *
 * Keywords may be in either case. Law: `parseFilter(printFilter(f), schema)` is `f`.
 */
import { type Comparison, type Filter, faultOf, typeOfField } from './filter.ts';
import { FilterError } from './filter-error.ts';
import { readTokens, type Token } from './filter-tokens.ts';
import type { AttributeSchema, AttributeValue } from './row.ts';

/** A list of a thousand brands fits. */
const maxCharacters = 50_000;
/** Parentheses and `not` within each other. */
const maxDepth = 50;

/**
 * Reads an expression such as `price <= 50 and brand in ("Acme", "Böhm & Co")`.
 *
 * @throws FilterError where the expression is wrong, or says what the schema gives no meaning
 */
export function parseFilter(expression: string, schema: AttributeSchema): Filter {
  if (expression.length > maxCharacters) {
    const facts = { expected: `at most ${maxCharacters} characters`, got: String(expression.length) };
    throw new FilterError('an expression that is too long', { expression, at: maxCharacters, ...facts });
  }
  return new Parser(expression, schema).parse();
}

/** One expression and how far it is read. */
class Parser {
  readonly #expression: string;
  readonly #schema: AttributeSchema;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(expression: string, schema: AttributeSchema) {
    this.#expression = expression;
    this.#schema = schema;
    this.#tokens = readTokens(expression);
  }

  parse(): Filter {
    const filter = this.#or();
    if (this.#token.kind !== 'end') throw this.#unexpected('and, or, or the end');
    return filter;
  }

  get #token(): Token {
    return this.#tokens[this.#next];
  }

  #or(): Filter {
    const parts = [this.#and()];
    while (this.#takeWord('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0] : { kind: 'or', of: parts };
  }

  #and(): Filter {
    const parts = [this.#not()];
    while (this.#takeWord('and')) parts.push(this.#not());
    return parts.length === 1 ? parts[0] : { kind: 'and', of: parts };
  }

  #not(): Filter {
    const { at } = this.#token;
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      const facts = { expected: `at most ${maxDepth} of ( and not within each other`, got: 'more' };
      throw new FilterError('an expression that is too deep', { expression: this.#expression, at, ...facts });
    }
    const filter = this.#factor();
    this.#depth -= 1;
    return filter;
  }

  #factor(): Filter {
    if (this.#takeWord('not')) return { kind: 'not', of: this.#not() };
    if (!this.#takeSign('(')) return this.#comparison();
    const inner = this.#or();
    if (!this.#takeSign(')')) throw this.#unexpected('and, or, or )');
    return inner;
  }

  #comparison(): Filter {
    const { at } = this.#token;
    const field = this.#field();
    const token = this.#token;
    if (this.#takeWord('not')) {
      if (!this.#takeWord('in')) throw this.#unexpected('in');
      return { kind: 'not', of: this.#in(field, at) };
    }
    if (this.#takeWord('in')) return this.#in(field, at);
    if (token.kind === 'sign') {
      switch (token.text) {
        case '=':
        case '!=': {
          this.#next += 1;
          const valueAt = this.#token.at;
          const comparison = { kind: 'equals', field, value: this.#value() } as const;
          this.#check(comparison, { at, valueAts: [valueAt] });
          return token.text === '=' ? comparison : { kind: 'not', of: comparison };
        }
        case '<':
        case '<=':
        case '>':
        case '>=': {
          this.#next += 1;
          const bound = this.#token;
          if (typeOfField(field, this.#schema) === 'number' && bound.kind !== 'number')
            throw this.#unexpected(`a number: ${field} is compared by size`);
          const value = this.#value();
          const order = { kind: 'order', field, operator: token.text, value: Number(value) } as const;
          this.#check(order, { at, valueAts: [token.at] });
          return order;
        }
      }
    }
    throw this.#unexpected('= != < <= > >= or in');
  }

  #in(field: string, at: number): Comparison {
    if (!this.#takeSign('(')) throw this.#unexpected('( and values between commas');
    const values: AttributeValue[] = [];
    const valueAts: number[] = [];
    do {
      valueAts.push(this.#token.at);
      values.push(this.#value());
    } while (this.#takeSign(','));
    if (!this.#takeSign(')')) throw this.#unexpected(', or )');
    const comparison = { kind: 'in', field, values } as const;
    this.#check(comparison, { at, valueAts });
    return comparison;
  }

  #field(): string {
    const token = this.#token;
    const isField =
      token.kind === 'text' || (token.kind === 'name' && !this.#isAnyWord(['and', 'or', 'in', ...literals.keys()]));
    if (!isField) throw this.#unexpected('a field, not or (');
    this.#next += 1;
    return token.text;
  }

  #value(): AttributeValue {
    const token = this.#token;
    if (token.kind === 'end' || token.kind === 'sign') throw this.#unexpected('a value');
    const value =
      token.kind === 'name' ? literals.get(token.text.toLowerCase()) : token.kind === 'text' ? token.text : token.value;
    if (value === undefined) throw this.#unexpected('a value: text in quotes, a number, true, false or null');
    this.#next += 1;
    return value;
  }

  /** Points at the value that does not fit, else at the field or the operator. */
  #check(
    comparison: Comparison,
    { at, valueAts }: { readonly at: number; readonly valueAts: readonly number[] },
  ): void {
    const fault = faultOf(comparison, this.#schema);
    if (fault === null) return;
    const { summary, ...facts } = fault;
    const type = typeOfField(comparison.field, this.#schema);
    const values = comparison.kind === 'in' ? comparison.values : [comparison.value];
    const stranger =
      comparison.kind === 'order' ? 0 : values.findIndex((value) => value !== null && typeof value !== type);
    throw new FilterError(summary, {
      expression: this.#expression,
      at: type === undefined ? at : valueAts[stranger],
      ...facts,
    });
  }

  #takeWord(word: string): boolean {
    if (!this.#isAnyWord([word])) return false;
    this.#next += 1;
    return true;
  }

  #isAnyWord(words: readonly string[]): boolean {
    const token = this.#token;
    return token.kind === 'name' && words.includes(token.text.toLowerCase());
  }

  #takeSign(sign: '(' | ')' | ','): boolean {
    const token = this.#token;
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #unexpected(expected: string): FilterError {
    const token = this.#token;
    return new FilterError('the filter is not understood', {
      expression: this.#expression,
      at: token.at,
      expected,
      got: describeToken(token),
    });
  }
}

function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'number':
      return String(token.value);
    case 'text':
      return `${JSON.stringify(token.text.slice(0, 100))} (text)`;
    default:
      return token.text.slice(0, 100);
  }
}

const literals: ReadonlyMap<string, AttributeValue> = new Map<string, AttributeValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
