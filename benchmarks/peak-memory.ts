/** @file The most memory that this process has had so far. */
import { readFileSync } from 'node:fs';

/**
 * Bytes. By the kernel's own count of this program, where there is /proc: what `resourceUsage` says begins with the peak of
 * the process that started it.
 */
export function peakMemory(): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return 1024 * Number(kilobytes);
  } catch {
    // Not Linux.
  }
  return 1024 * process.resourceUsage().maxRSS;
}
