/** The bar's line drawings, of 24 x 24 units. */

export const ICONS = {
  pause: ["M9 6v12", "M15 6v12"],
  resume: ["M8 5.5v13l10-6.5z"],
  freeze: ["M12 3v18", "M4.2 7.5l15.6 9", "M19.8 7.5l-15.6 9", "M9.5 4.5L12 7l2.5-2.5", "M9.5 19.5L12 17l2.5 2.5"],
  snapshot: ["M4 8h3.5L9 5.5h6L16.5 8H20v11H4z", "M15.5 13a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z"],
  insert: ["M4 5h16v8", "M4 5v14h8", "M4 16l5-5 3 3", "M17 15v6", "M14 18h6"],
  mirror: ["M12 4v2", "M12 9v2", "M12 14v2", "M12 19v1", "M9 7l-5 9h5z", "M15 7l5 9h-5z"],
  pip: ["M4 6h16v12H4z", "M12 12h6v4h-6z"],
  fullscreen: ["M5 9V5h4", "M15 5h4v4", "M19 15v4h-4", "M9 19H5v-4"],
  stats: ["M5 19v-6", "M12 19V5", "M19 19v-9"],
  settings: ["M4 8h9", "M17 8h3", "M15 6v4", "M4 16h3", "M11 16h9", "M9 14v4"],
} as const;

export type IconName = keyof typeof ICONS;
