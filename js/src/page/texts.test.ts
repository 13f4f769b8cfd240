import { afterEach, expect, it } from "vitest";
import { setTexts, translated } from "./texts";

const TABLE = {
  Start: "Los",
  "Waiting: {count} ahead": "Wartet: {count} davor",
  "It failed. Try again.": "Fehler. Noch einmal.",
  "Or wait.": "Oder warten.",
};
afterEach(() => setTexts(null));

it("is English until another table comes, and where the table has nothing", () => {
  expect(translated("Start")).toBe("Start");
  setTexts(TABLE);
  expect([translated("Start"), translated("Stop"), translated("")]).toEqual(["Los", "Stop", ""]);
  setTexts(null);
  expect(translated("Start")).toBe("Start");
});

it("fills in what changes", () => {
  setTexts(TABLE);
  expect(translated("Waiting: 12 ahead")).toBe("Wartet: 12 davor");
});

it("puts a note together from the sentences that it knows", () => {
  setTexts(TABLE);
  expect(translated("It failed. Try again. Refused: width. Or wait.")).toBe(
    "Fehler. Noch einmal. Refused: width. Oder warten.",
  );
});
