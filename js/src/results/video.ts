/**
 * Results that come as video, H.264: each is decoded, in order.
 *
 * One that builds on another than the one before it, or that is broken, is left out, and a key frame is asked for.
 */

import { warnOnce } from "../page/log";
import type { ResultMessage } from "../protocol/to_page";

/** Where results go, and what is said. */
export interface DecoderPorts {
  show(seq: number, picture: VideoFrame): void;
  /** Of those that cannot be shown: the kernel waits for none of them. */
  leftOut(seq: number): void;
  /** A key frame after this result is wanted; null: this page shows no video any more. */
  askForKey(seq: number | null): void;
}

export interface VideoResults {
  /** Whether the result was video, and so is taken care of. */
  took(message: ResultMessage, bytes: DataView | null): boolean;
  close(): void;
}

/** What waits for a decoder that hangs. */
const MOST_WAITING = 16;
/** So many key frames in a row that cannot be shown, and it is left be. */
const MOST_FAILED_KEYS = 3;
/** A word that was lost, or that the kernel has forgotten, is said again. */
const SAID_AGAIN_MS = 5000;
/** Any level: the stream itself says which it is. */
const CONFIG: VideoDecoderConfig = {
  codec: "avc1.42E034",
  optimizeForLatency: true,
  hardwareAcceleration: "prefer-software",
};

/** Says that this page shows video, once it is known that it can. */
export function makeDecoder(ports: DecoderPorts): VideoResults {
  let decoder: VideoDecoder | null = null;
  let isAble = false;
  let lastSeq = 0;
  let askedFor = 0;
  let failedKeys = 0;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  /** Given to the decoder and not back. */
  const waiting = new Set<number>();

  function ask(seq: number): void {
    if (failedKeys >= MOST_FAILED_KEYS) {
      if (isAble) ports.askForKey(null);
      isAble = false;
      return;
    }
    askedFor = seq;
    saidAtMs = performance.now();
    ports.askForKey(seq);
  }

  function begin(): VideoDecoder {
    stop();
    const made = new VideoDecoder({
      output(picture) {
        waiting.delete(picture.timestamp);
        failedKeys = 0;
        ports.show(picture.timestamp, picture);
      },
      error: () => decoder === made && stop(),
    });
    made.configure(CONFIG);
    decoder = made;
    return made;
  }

  /** Whoever builds on what was there is of no use from now on. */
  function stop(): void {
    if (decoder && decoder.state !== "closed") decoder.close();
    decoder = null;
    for (const seq of waiting) ports.leftOut(seq);
    waiting.clear();
  }

  function decode(seq: number, after: number, bytes: DataView): void {
    if (after !== 0 && (after !== lastSeq || waiting.size >= MOST_WAITING)) stop();
    if (after === 0) failedKeys += 1; // Until a picture comes of it.
    const ready = after === 0 ? begin() : decoder;
    if (!ready) throw new Error("a key frame is missing");
    waiting.add(seq);
    const data = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) as Uint8Array<ArrayBuffer>;
    ready.decode(new EncodedVideoChunk({ type: after ? "delta" : "key", timestamp: seq, data }));
    lastSeq = seq;
  }

  async function isSupported(): Promise<boolean> {
    if (typeof VideoDecoder === "undefined") return false;
    return (await VideoDecoder.isConfigSupported(CONFIG)).supported === true;
  }

  isSupported()
    .catch(() => false)
    .then((isIt) => {
      isAble = isIt;
      if (isAble) ask(0);
      else warnOnce("Results travel as JPEG: this browser shows no video of the kind that the kernel makes (H.264).");
    });

  return {
    took({ mime, seq, after = 0 }, bytes) {
      if (mime !== "video/h264" || !bytes) {
        if (isAble && performance.now() - saidAtMs > SAID_AGAIN_MS) ask(askedFor);
        return false;
      }
      try {
        decode(seq, after, bytes);
      } catch {
        stop();
        ports.leftOut(seq);
        ask(seq);
      }
      return true;
    },
    close: stop,
  };
}
