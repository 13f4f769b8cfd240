/** One picture to encode, and what encodes it. */

import type { Region } from "./region";

export interface EncodeJob {
  /** Closed by the encoder, whatever happens. */
  picture: ImageBitmap | VideoFrame;
  /** The part of it that is sent, and in what size. */
  region: Region;
  /** 1..100 */
  quality: number;
  isMirrored: boolean;
  /** Without its colours, which makes it a quarter smaller. */
  isGray: boolean;
}

export interface Encoder {
  /** One whole JPEG file. Answers come in the order of the questions. */
  encode(job: EncodeJob): Promise<ArrayBuffer>;
  close(): void;
}
