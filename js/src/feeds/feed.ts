/** What the ways to a camera's pictures have in common. */

export interface Feed {
  /** Time between two pictures. */
  readonly periodMs: number;
  /** Width and height of the newest picture. */
  readonly sizePx: readonly [number, number];
  /** The newest picture, for as long as half a period; at most once. Whoever takes it closes it. */
  grab(): ImageBitmap | VideoFrame | Promise<ImageBitmap>;
  stop(): void;
}

export interface FeedEvents {
  /** A picture is there, since so many milliseconds of the page's clock. */
  picture(atMs: number): void;
  /** There will be none any more. */
  failed(error: unknown): void;
}

export function periodOf(track: MediaStreamTrack | undefined): number {
  return 1000 / (track?.getSettings().frameRate || 30);
}
