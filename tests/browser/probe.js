// Runs in every page before the page's own scripts. Notes when the camera shows a number (see clip.py), when an element
// of the page shows one, and which camera tracks there are. Times are milliseconds since 1970 by the page's clock.
(() => {
  if (window.__probe?.doc === document) return;
  const nowMs = () => performance.timeOrigin + performance.now();
  const probe = {
    doc: document,
    captured: {}, // number -> every time at which the camera showed it (the clip loops)
    shown: [], // {number, where, mirrored, atMs, widthPx, heightPx, element}
    tracks: new Set(),
    streams: [],
    liveTracks: () => [...probe.tracks].filter((track) => track.readyState === 'live').length,
    output: null, // CSS of the result, or of something around it; null: any picture that is not the camera's own preview
    begin: (output) => {
      probe.output = output || null;
      probe.shown = [];
    },
  };
  window.__probe = probe;

  // A clone keeps the camera on as well as the track itself does.
  const cloneTrack = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const track = cloneTrack.call(this);
    probe.tracks.add(track);
    return track;
  };
  const cloneStream = MediaStream.prototype.clone;
  MediaStream.prototype.clone = function () {
    const stream = cloneStream.call(this);
    for (const track of stream.getTracks()) probe.tracks.add(track);
    return stream;
  };

  const media = navigator.mediaDevices;
  if (media?.getUserMedia) {
    const open = media.getUserMedia.bind(media);
    media.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      probe.streams.push(stream);
      for (const track of stream.getTracks()) probe.tracks.add(track);
      if (stream.getVideoTracks().length) watchCamera(stream);
      return stream;
    };
  }

  function watchCamera(stream) {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    video.play().catch(() => {});
    let last = -1;
    const note = (number, atMs) => {
      if (number === null || number === last) return;
      last = number;
      (probe.captured[last] ??= []).push(atMs);
    };
    const onFrame = () => {
      const atMs = nowMs();
      if (hasPlanes) readPlane(video).then((number) => note(number, atMs));
      else note(decode(video)?.number ?? null, atMs);
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  // The camera's brightness as it is: a canvas would make colours of the whole picture, for 3 ms of the page's thread.
  let hasPlanes = typeof VideoFrame !== 'undefined';
  async function readPlane(video) {
    let frame = null;
    try {
      frame = new VideoFrame(video);
      const { width, height } = frame.visibleRect;
      if (!['I420', 'NV12'].includes(frame.format)) throw new Error(`no planes: ${frame.format}`);
      const middle = bandTops(height).bottom + height / 48;
      const rect = { x: 0, y: 2 * Math.floor(middle / 2), width, height: 2 };
      const planes = new Uint8Array(frame.allocationSize({ rect }));
      await frame.copyTo(planes, { rect });
      return readBrightness(Array.from({ length: 20 }, (_, k) => planes[Math.floor(((k + 0.5) * width) / 20)]));
    } catch {
      hasPlanes = false; // From the next picture on a canvas reads it.
      return null;
    } finally {
      frame?.close();
    }
  }

  const strip = new OffscreenCanvas(80, 4).getContext('2d', { willReadFrequently: true });
  const bandTops = (height) => ({ bottom: height - height / 16, top: height / 48 });

  // -> {number, where: 'bottom' | 'top', mirrored, widthPx, heightPx}, or null where no barcode can be read
  function decode(element) {
    const widthPx = element.videoWidth || element.naturalWidth || element.width;
    const heightPx = element.videoHeight || element.naturalHeight || element.height;
    if (!widthPx || !heightPx || widthPx < 100) return null;
    for (const [where, topPx] of Object.entries(bandTops(heightPx))) {
      let pixels;
      try {
        strip.clearRect(0, 0, 80, 4);
        strip.drawImage(element, 0, topPx, widthPx, heightPx / 24, 0, 0, 80, 4);
        pixels = strip.getImageData(0, 2, 80, 1).data;
      } catch {
        return null;
      }
      const brightness = Array.from({ length: 20 }, (_, k) => pixels[(k * 4 + 2) * 4 + 1]);
      for (const mirrored of [false, true]) {
        const number = readBrightness(mirrored ? brightness.reverse() : brightness);
        if (number !== null) return { number, where, mirrored, widthPx, heightPx };
      }
    }
    return null;
  }
  probe.decode = decode;

  function readBrightness(brightness) {
    // One in 256 rows of a picture's own colours has the right marks and checksum; its contrast gives it away.
    if (brightness.some((value) => value > 85 && value < 170)) return null;
    return readCells(brightness.map((value) => (value > 127 ? 1 : 0)));
  }

  function readCells(cells) {
    if (cells.slice(0, 4).join('') !== '1010') return null;
    const bits = cells.slice(4, 16);
    const check = bits.reduce((sum, bit, k) => sum + (k + 1) * bit, 0) % 16;
    if (check !== Number.parseInt(cells.slice(16).join(''), 2)) return null;
    return Number.parseInt(bits.join(''), 2);
  }

  const isPreview = (element) => {
    const shown = element.srcObject?.getTracks() ?? [];
    return probe.streams.some((stream) => stream.getTracks().some((track) => shown.includes(track)));
  };
  const isResult = (element) => (probe.output ? element.closest(probe.output) : !isPreview(element));

  // The page is looked at when its animation frame is complete: what it paints in that frame counts in that frame.
  const after = new MessageChannel();
  const lastNumber = new WeakMap();
  const names = new WeakMap();
  let nameCount = 0;
  function look(atMs) {
    for (const element of document.querySelectorAll('video,img,canvas')) {
      if (!isResult(element)) continue;
      const seen = decode(element);
      if (!seen || lastNumber.get(element) === seen.number) continue;
      lastNumber.set(element, seen.number);
      if (!names.has(element)) names.set(element, `${element.tagName}#${++nameCount}`);
      probe.shown.push({ ...seen, atMs, element: names.get(element) });
    }
  }
  function tick() {
    requestAnimationFrame(tick);
    const atMs = nowMs();
    after.port1.onmessage = () => look(atMs);
    after.port2.postMessage(0);
  }
  requestAnimationFrame(tick);
})();
