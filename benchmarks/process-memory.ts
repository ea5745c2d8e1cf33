/** @file How much memory a process has, by the kernel's own count. */
import { readFileSync } from 'node:fs';

/** Bytes; NaN where there is no /proc, or no such process. */
export interface ProcessMemory {
  readonly now: number;
  /** The most so far. */
  readonly peak: number;
}

export function processMemory(pid: number | undefined): ProcessMemory {
  const status = readStatus(pid ?? 0);
  const bytesOf = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? NaN);
  return { now: bytesOf('VmRSS'), peak: bytesOf('VmHWM') };
}

/**
 * Bytes: the most that this process has had. What `resourceUsage` says, where there is no /proc, begins with the peak of the
 * process that started it.
 */
export function peakMemory(): number {
  const { peak } = processMemory(process.pid);
  return Number.isNaN(peak) ? 1024 * process.resourceUsage().maxRSS : peak;
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
