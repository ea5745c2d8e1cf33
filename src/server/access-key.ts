/** @file Keys: what each allows, and who may use it. How they are kept and compared: `key-file-node.ts`. */
import type { Scope } from '../api/endpoints.ts';

/** What is known of a key; its secret is not. */
export interface AccessKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /**
   * Pages that may use it, `https://shop.example` each; empty for any program. A key with origins may stand in a page's
   * source: it is no secret, the origins keep other shops' pages from using it up.
   */
  readonly origins: readonly string[];
  /** Requests a minute. */
  readonly perMinute: number;
  readonly createdAt: string;
}

export interface KeyRing {
  /** The key of a token, or null. Takes as long for one that is nearly right as for one that is not. */
  find(token: string): Promise<AccessKey | null>;
  /** Origins of all keys: pages that may read answers. */
  origins(): Promise<ReadonlySet<string>>;
}

const rank: { readonly [S in Scope]: number } = { search: 0, index: 1, admin: 2 };

/** A scope allows those below it. */
export function allows({ scopes }: AccessKey, wanted: Scope): boolean {
  return scopes.some((scope) => rank[scope] >= rank[wanted]);
}
