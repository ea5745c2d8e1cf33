/** @file For tests: Chromium, where there is one. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(executablePath);
if (!hasChromium) console.warn(`no browser at ${executablePath}: its tests are skipped; set CHROMIUM to one`);

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param graphics with a graphics unit, by Vulkan and without a window: machines that have one need no display */
export function launchBrowser(more: readonly string[] = [], graphics = false): Promise<Browser> {
  const unit = graphics
    ? [
        '--enable-unsafe-webgpu',
        '--enable-features=Vulkan',
        '--use-angle=vulkan',
        '--disable-vulkan-surface',
        '--ignore-gpu-blocklist',
      ]
    : ['--disable-gpu'];
  return chromium.launch({ executablePath, headless: true, args: [...flags, ...unit, ...more] });
}
