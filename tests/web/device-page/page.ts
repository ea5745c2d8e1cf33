/** @file A page that has the device finder and nothing else, for tests and benchmarks. */
import { DeviceFinder } from '../../../src/web/device/device-finder.ts';

Object.assign(globalThis, { DeviceFinder });
