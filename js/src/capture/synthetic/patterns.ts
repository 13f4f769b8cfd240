/** The printed codes of the scene, row by row from the top: `#` is a black cell, `.` a white one. */

/** ArUco marker 7 of OpenCV's DICT_4X4_50 with its black border, 6 x 6 cells. */
export const MARKER_ROWS: readonly string[] = ["######", "#..###", "##.###", "#....#", "###.##", "######"];

/** QR code of the text "nbstream", version 1, error correction Q, 21 x 21 cells. */
export const QR_CODE_ROWS: readonly string[] = [
  "#######....#..#######",
  "#.....#...#.#.#.....#",
  "#.###.#.###.#.#.###.#",
  "#.###.#...#.#.#.###.#",
  "#.###.#.###.#.#.###.#",
  "#.....#.##....#.....#",
  "#######.#.#.#.#######",
  ".........###.........",
  ".#..#.#.#.##.#.##.#..",
  "..#.##..#..##...#.##.",
  "#..##.#....###..####.",
  "####.#.#.#......#...#",
  ".#...##....#.##..#...",
  "........#.###...#.##.",
  "#######..#.##.#.#.##.",
  "#.....#...##.##.#....",
  "#.###.#.#...####.#.#.",
  "#.###.#..##.###.#####",
  "#.###.#..#..##..##...",
  "#.....#.#..##..#.....",
  "#######...##..#..#..#",
];

/** White margin around the code in cells: what the QR standard asks for, and one cell around the marker. */
export const QR_CODE_QUIET_CELLS = 4;
export const MARKER_QUIET_CELLS = 1;
