/** Checks on values that came from outside. JSON knows no integers, so a whole number counts as one. */

export const PROTOCOL_VERSION = 1;

export type Rec = Record<string, unknown>;

export function isRecord(value: unknown): value is Rec {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNumber(
  value: unknown,
  atLeast = Number.NEGATIVE_INFINITY,
  atMost = Number.MAX_VALUE,
): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= atLeast && value <= atMost;
}

export function isNumberOrNull(value: unknown, atLeast?: number): value is number | null {
  return value === null || isNumber(value, atLeast);
}

export function isInt(value: unknown, atLeast: number): value is number {
  return Number.isSafeInteger(value) && isNumber(value, atLeast);
}

/** So far behind the newest no late or repeated message is: the newest was wrong. */
const FAR_BEHIND = 1_000_000;

/** Whether a numbered message comes after the newest one; what a wrong number shut out comes after it, too. */
export function isNewer(number: number, newest: number): boolean {
  return number > newest || number <= newest - FAR_BEHIND;
}

export function isIntOrNull(value: unknown, atLeast: number): value is number | null {
  return value === null || isInt(value, atLeast);
}

export function isStringOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

export function oneOf<T extends string>(words: readonly T[], value: unknown): value is T {
  return (words as readonly unknown[]).includes(value);
}
