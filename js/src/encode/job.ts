/** One picture to encode, and what encodes it. */

import type { VideoCodec } from "../protocol/from_page";
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
  /** Null: as a JPEG. */
  video: VideoJob | null;
}

/** One picture of a video. */
export interface VideoJob {
  /** What makes videos, as text. */
  code: string;
  seq: number;
  /** That the picture builds on none before it. */
  isKey: boolean;
  /** Of 30 pictures a second, however many come. */
  bitsPerS: number;
}

export interface Encoded {
  bytes: ArrayBuffer;
  /** `seq` of the frame that a frame of video builds on, 0: none; null: a JPEG. */
  after: number | null;
  /** Of a frame of video. */
  codec?: VideoCodec;
}

export interface Encoder {
  /** One whole JPEG file; or one frame of video, where that was asked for and can be. Answers come in the order of the questions. */
  encode(job: EncodeJob): Promise<Encoded>;
  close(): void;
}
