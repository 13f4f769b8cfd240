/** The pictures as a video; in the worker, to which only the text of `makeVideo` goes. */

import type { VideoCodec } from "../protocol/from_page";
import type { Draw } from "./draw";
import type { Encoded, EncodeJob, VideoJob } from "./job";

export interface VideoEncodeJob extends EncodeJob {
  video: VideoJob;
}

/** Draws where it has to, and encodes; null where this browser cannot, and a JPEG is wanted in its place. */
export type EncodeVideo = (canvas: OffscreenCanvas, draw: Draw, job: VideoEncodeJob) => Promise<Encoded | null>;

export function makeVideo(): EncodeVideo {
  /** The quickest first; those that have failed are left out. */
  const formats = new Map<VideoCodec, Partial<VideoEncoderConfig> & { codec: string }>([
    ["h264", { codec: "avc1.42E034", avc: { format: "annexb" } }],
    ["vp8", { codec: "vp8" }],
  ]);
  let encoder: VideoEncoder | null = null;
  let codec: VideoCodec = "h264";
  let hasWorked = false;
  let config = { width: 0, height: 0, bitrate: 0 };
  let lastSeq = 0;
  let atUs = 0;
  let chunks: EncodedVideoChunk[] = [];

  /** The first of the formats that this browser has for such pictures; null: it has none. */
  async function supported(asked: typeof config): Promise<VideoEncoderConfig | null> {
    for (const [name, format] of formats) {
      // By software: it is the same everywhere, and holds no picture back.
      const wanted: VideoEncoderConfig = {
        ...asked,
        ...format,
        latencyMode: "realtime",
        hardwareAcceleration: "prefer-software",
      };
      codec = name;
      if ((await VideoEncoder.isConfigSupported(wanted)).supported) return wanted;
    }
    return null;
  }

  async function prepare(width: number, height: number, bitrate: number): Promise<VideoEncoder | null> {
    const isReady = encoder?.state === "configured";
    const isSameSize = config.width === width && config.height === height;
    if (encoder && isReady && isSameSize && config.bitrate === bitrate) return encoder;
    const asked = { width, height, bitrate };
    const wanted = await supported(asked);
    if (!wanted) return null;
    config = asked;
    if (!encoder || !isReady) encoder = new VideoEncoder({ output: (chunk) => chunks.push(chunk), error: () => {} });
    if (!isReady || !isSameSize) lastSeq = 0;
    encoder.configure(wanted);
    return encoder;
  }

  /** Whether the camera's own frame is sent, and nothing is done to it. */
  function isWhole({ picture, region, isMirrored, isGray }: VideoEncodeJob): boolean {
    const { left, top, width, height, widthPx, heightPx } = region;
    return (
      "displayWidth" in picture &&
      !isMirrored &&
      !isGray &&
      left === 0 &&
      top === 0 &&
      [width, widthPx].every((side) => side === picture.displayWidth && side === picture.visibleRect?.width) &&
      [height, heightPx].every((side) => side === picture.displayHeight && side === picture.visibleRect?.height)
    );
  }

  async function encode(canvas: OffscreenCanvas, draw: Draw, job: VideoEncodeJob): Promise<Encoded | null> {
    const { seq, isKey, bitsPerS } = job.video;
    const ready = await prepare(job.region.widthPx, job.region.heightPx, bitsPerS);
    if (!ready) return null;
    atUs = Math.max(atUs + 1, Math.round(performance.now() * 1000));
    chunks = [];
    // A canvas makes colours of planes, of which the encoder makes planes again: several milliseconds.
    const isAsItIs = isWhole(job);
    if (!isAsItIs) draw(canvas, job);
    const picture = new VideoFrame(isAsItIs ? job.picture : canvas, { timestamp: atUs });
    try {
      ready.encode(picture, { keyFrame: isKey || lastSeq === 0 });
    } finally {
      picture.close();
    }
    await ready.flush();
    const [chunk] = chunks;
    if (!chunk) throw new Error("the encoder left the picture out");
    if (chunk.type !== "key" && (isKey || lastSeq === 0)) {
      ready.close(); // A new one begins with a key frame.
      throw new Error("no key frame came");
    }
    const bytes = new ArrayBuffer(chunk.byteLength);
    chunk.copyTo(bytes);
    const after = chunk.type === "key" ? 0 : lastSeq;
    lastSeq = seq;
    hasWorked = true;
    return { bytes, after, codec };
  }

  return async (canvas, draw, job) => {
    while (typeof VideoEncoder !== "undefined" && formats.size > 0) {
      try {
        return await encode(canvas, draw, job);
      } catch (error) {
        if (hasWorked) throw error;
        formats.delete(codec);
        if (encoder?.state === "configured") encoder.close();
      }
    }
    return null;
  };
}
