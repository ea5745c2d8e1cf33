/**
 * @file What `deepshop train --watch` serves: the curves so far, drawn anew from the log at every look, on 127.0.0.1 only.
 *
 * One page without scripts that renews itself. Only requests that name this machine are answered, so that a page on the
 * web cannot read it through a name of its own.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { DeepShopError, describeError } from '../errors/errors.ts';
import { accuracyFigure, lossFigure } from '../report/curve-figures.ts';
import { precisionFigures } from '../report/precision-figure.ts';
import type { ReportRun } from '../report/report-data.ts';
import { reportPage } from '../report/report-page.ts';
import { runCurves } from '../report/run-curves.ts';
import { TrainingLog } from '../training/training-log-node.ts';

export interface WatchPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Steps are logged every ten; a page that comes oftener shows nothing new. */
const refreshSeconds = 10;

/**
 * @param run folder of the run; its log may not be there yet
 * @param port 0 for any that is free
 * @throws {DeepShopError} where the port is taken
 */
export async function serveCurves(run: string, port: number): Promise<WatchPage> {
  const server = createServer((request, response) => {
    if (!isLocal(request.headers.host)) return answer(response, 403, 'only on 127.0.0.1\n', 'text/plain');
    if (request.url !== '/' || request.method !== 'GET') return answer(response, 404, 'only /\n', 'text/plain');
    curvesPage(run).then(
      (page) => answer(response, 200, page, 'text/html'),
      (error: unknown) => answer(response, 500, `${describeError(error).message}\n`, 'text/plain'),
    );
  });
  await new Promise<void>((done, failed) => {
    server.once('error', (cause) => {
      const facts = { where: `--watch ${port}`, got: cause.message, cure: 'Give another port, or none.' };
      failed(new DeepShopError('watch-port', 'the page cannot be served', facts, { cause }));
    });
    server.listen(port, '127.0.0.1', done);
  });
  // Training ends when it is done, whoever looks on.
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** The page as it is now. */
async function curvesPage(folder: string): Promise<string> {
  const curves = runCurves(await new TrainingLog(join(folder, 'log.jsonl')).read());
  const run: ReportRun = {
    name: basename(resolve(folder)),
    model: null,
    curves,
    kept: curves.kept,
    evaluations: [],
  };
  const figures = [lossFigure([run]), accuracyFigure([run]), ...precisionFigures([run])];
  const report = { runs: [run], rows: [], figures, sections: [] };
  return reportPage({ report, cards: [], refreshSeconds, title: 'Training' });
}

function isLocal(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '');
}

function answer(response: ServerResponse, status: number, body: string, type: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
