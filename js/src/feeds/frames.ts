/**
 * The camera's pictures, one after the other, in a visible page and in a hidden one.
 *
 * They are read from the track where the browser can, for they are there sooner; from a video element elsewhere, and when
 * the track gives none any more. That happens while pictures of this camera that somebody has forgotten to close wait for
 * a garbage collection, be it another library's.
 */

import type { Cancel, Clock } from "../page/clock";
import { warnOnce } from "../page/log";
import type { Visibility } from "../page/visibility";
import type { Feed, FeedEvents } from "./feed";
import { pictureProcessor, TrackFeed } from "./track_feed";
import { VideoFeed } from "./video_feed";

const LOOK_EVERY_MS = 500;
/** So many looks without a picture and the track has stopped giving them; a camera may take longer for its first. */
const STILL_AFTER_LOOKS = 2;
const FIRST_WITHIN_LOOKS = 6;

export class CameraFeed implements Feed {
  #feed: Feed;
  #hasNew = false;
  #looksLeft = FIRST_WITHIN_LOOKS;
  #cancelLook: Cancel = () => {};

  constructor(stream: MediaStream, clock: Clock, visibility: Visibility, events: FeedEvents) {
    const makeVideoFeed = () => new VideoFeed(stream, clock, visibility, events.picture);
    const trackFeed = this.#tryTrackFeed(stream, clock, events);
    this.#feed = trackFeed ?? makeVideoFeed();
    if (trackFeed) this.#look(clock, makeVideoFeed, events);
  }

  get periodMs(): number {
    return this.#feed.periodMs;
  }

  get sizePx(): readonly [number, number] {
    return this.#feed.sizePx;
  }

  grab(): ImageBitmap | VideoFrame | Promise<ImageBitmap> {
    return this.#feed.grab();
  }

  stop(): void {
    this.#cancelLook();
    this.#feed.stop();
  }

  /** Null where the browser hands over no track's pictures, or not this one's. */
  #tryTrackFeed(stream: MediaStream, clock: Clock, events: FeedEvents): Feed | null {
    const Processor = pictureProcessor();
    const [track] = stream.getVideoTracks();
    if (!track || !Processor) return null;
    const onPicture = (atMs: number) => {
      this.#hasNew = true;
      events.picture(atMs);
    };
    try {
      return new TrackFeed(track, Processor, clock, onPicture);
    } catch (error) {
      warnOnce(`The camera's track gives no pictures (${error}). They are taken from a video element.`);
      return null;
    }
  }

  #look(clock: Clock, makeVideoFeed: () => Feed, events: FeedEvents): void {
    this.#cancelLook = clock.after(LOOK_EVERY_MS, () => {
      this.#looksLeft = this.#hasNew ? STILL_AFTER_LOOKS : this.#looksLeft - 1;
      this.#hasNew = false;
      if (this.#looksLeft > 0) {
        this.#look(clock, makeVideoFeed, events);
        return;
      }
      warnOnce("The camera's track gives no more pictures. They are taken from a video element from here on.");
      this.#feed.stop();
      try {
        this.#feed = makeVideoFeed();
      } catch (error) {
        events.failed(error);
      }
    });
  }
}
