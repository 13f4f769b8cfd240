/**
 * What the synthetic microphone hears: sentences of sung vowels with pauses between them, over a faint hiss.
 *
 * Each sample is computed from its number alone, so a test can say which one it has before it. The function is handed to
 * the audio worklet as text: it may use nothing from around it.
 */

/** The sample of that number as int16, at that sample rate. */
export function voiceSample(index: number, rateHz: number): number {
  const SENTENCE_S = 3.2;
  const SPOKEN_S = 2;
  const SYLLABLE_S = 0.25;
  const LOUDNESS = 4500;
  // The first two resonances of the mouth, in Hz: a, e, i, o, u.
  const VOWELS: readonly [number, number][] = [
    [730, 1090],
    [530, 1840],
    [270, 2290],
    [570, 840],
    [300, 870],
  ];
  // Bits stirred until neighbours have nothing in common: hiss, and the choice of vowel and pitch.
  const stir = (number: number): number => {
    let bits = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
    bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
    return (bits ^ (bits >>> 16)) >>> 0;
  };
  const hiss = (stir(index) % 33) - 16;
  const atS = index / rateHz;
  const inSentenceS = atS % SENTENCE_S;
  if (inSentenceS >= SPOKEN_S) return hiss;
  const syllable = Math.floor(inSentenceS / SYLLABLE_S);
  const inSyllableS = inSentenceS - syllable * SYLLABLE_S;
  const chosen = stir(Math.floor(atS / SENTENCE_S) * 64 + syllable + 1);
  const [first, second] = VOWELS[chosen % VOWELS.length] as readonly [number, number];
  const pitchHz = 105 + ((chosen >>> 8) % 50);
  let value = 0;
  for (let harmonic = 1; harmonic <= 20; harmonic++) {
    const hz = harmonic * pitchHz;
    const nearFirst = 1 / (1 + ((hz - first) / 110) ** 2);
    const nearSecond = 0.5 / (1 + ((hz - second) / 160) ** 2);
    value += (nearFirst + nearSecond + 0.02) * Math.sin(2 * Math.PI * hz * inSyllableS);
  }
  const swell = Math.sin((Math.PI * inSyllableS) / SYLLABLE_S) ** 2;
  return Math.round(LOUDNESS * swell * value) + hiss;
}
