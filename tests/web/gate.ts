/** @file For tests: what stands between the app and its server. */
import type { Page } from 'playwright-core';
import { type ApiError, toErrorAnswer } from '../../src/server/api-error.ts';

export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
}

/** As the server itself says it. */
export function refusalOf(error: ApiError): Refusal {
  const { status, body } = toErrorAnswer(error, 'a-request');
  const headers: Refusal['headers'] = error.retryAfterS === undefined ? {} : { 'retry-after': `${error.retryAfterS}` };
  return { status, contentType: 'application/json', body: JSON.stringify(body), headers };
}

/** Lets everything pass, refuses it, or keeps it waiting. */
export async function openGate(page: Page, addresses = /\/v1\/(detect|search)$/) {
  const asked: string[] = [];
  let refusal: Refusal | null = null;
  let held = Promise.resolve();
  let release = () => {};
  await page.route(addresses, async (route) => {
    asked.push(new URL(route.request().url()).pathname);
    await held;
    if (refusal === null) await route.continue();
    else await route.fulfill(refusal);
  });
  return {
    asked,
    refuse(how: Refusal) {
      refusal = how;
    },
    hold() {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    open() {
      refusal = null;
      release();
    },
  };
}
