/** Samples as the wire has them, from the floats that the browser's audio works with. */

import type { SampleType } from "../protocol/sound";

export interface Pcm {
  bytes: ArrayBuffer;
  /** How many samples were beyond full scale, or no number. */
  clippedCount: number;
}

const FULL_SCALE = 32768;
/** What is left of a whole number after the division and multiplication of floats. */
const WHOLE_WITHIN = 0.01;

/** 1.0 is full scale. A source of 16 bits comes out as it went in. */
export function toPcm(samples: Float32Array, dtype: SampleType): Pcm {
  return dtype === "float32" ? toFloat32(samples) : toInt16(samples);
}

function toInt16(samples: Float32Array): Pcm {
  const upward = upwardScale(samples);
  const ints = new Int16Array(samples.length);
  let clippedCount = 0;
  for (let k = 0; k < samples.length; k++) {
    const sample = samples[k] as number;
    const value = Math.round(sample * (sample > 0 ? upward : FULL_SCALE));
    const held = Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, value));
    if (held !== value) clippedCount += 1;
    ints[k] = held;
  }
  return { bytes: ints.buffer, clippedCount };
}

/**
 * Chromium makes floats of 16 bits by dividing what is above zero by 32767 and what is below by 32768; others divide both
 * by 32768. Which one it was can be told from the samples: they are whole numbers of these steps. A source that never had
 * 16 bits is neither.
 */
function upwardScale(samples: Float32Array): number {
  const isWhole = (value: number) => Math.abs(value - Math.round(value)) < WHOLE_WITHIN;
  return samples.every((sample) => sample <= 0 || isWhole(sample * (FULL_SCALE - 1))) ? FULL_SCALE - 1 : FULL_SCALE;
}

function toFloat32(samples: Float32Array): Pcm {
  const floats = Float32Array.from(samples);
  return { bytes: floats.buffer, clippedCount: floats.reduce((sum, value) => sum + (Math.abs(value) <= 1 ? 0 : 1), 0) };
}
