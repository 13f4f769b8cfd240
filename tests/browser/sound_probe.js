// Runs in every page before the page's own scripts. Notes what goes to the loudspeaker, sample by sample.
(() => {
  if (window.__loudspeaker || !window.AudioWorkletNode) return;
  // One for each queue of sound: {rateHz, latencyMs, beganMs, samples}. `beganMs`: when its first sound was made.
  const queues = [];
  window.__loudspeaker = {
    queues,
    isOn: true, // What it notes takes memory: for hours it is turned off.
    forget: () => {
      for (const queue of queues) Object.assign(queue, { beganMs: null, samples: [] });
    },
    // Everything of the newest queue from its first sound to its last, as int16 in base64.
    heard: () => {
      const bytes = new Uint8Array(Int16Array.from(queues.at(-1)?.samples ?? []).buffer);
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    },
  };

  const SOURCE = `registerProcessor("probe", class extends AudioWorkletProcessor {
    constructor() { super(); this.kept = []; this.beganMs = null; }
    process([[left]]) {
      if (left && this.beganMs === null && left.some((value) => value !== 0)) this.beganMs = Date.now();
      if (left) this.kept.push(left.slice());
      if (this.kept.length >= 32) {
        this.port.postMessage({ beganMs: this.beganMs, parts: this.kept });
        this.kept = [];
        this.beganMs = null;
      }
      return true;
    }
  })`;
  const addModule = AudioWorklet.prototype.addModule;
  AudioWorklet.prototype.addModule = async function (url) {
    const own = URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' }));
    await Promise.all([addModule.call(this, own), addModule.call(this, url)]);
  };

  const Node = window.AudioWorkletNode;
  window.AudioWorkletNode = class extends Node {
    constructor(context, name, options) {
      super(context, name, options);
      if (name === 'nbstream-queue') listen(context, this);
    }
  };

  function listen(context, node) {
    const queue = { rateHz: context.sampleRate, latencyMs: 0, beganMs: null, samples: [] };
    queues.push(queue);
    const probe = new Node(context, 'probe', { channelCount: 1, channelCountMode: 'explicit', channelInterpretation: 'discrete' });
    probe.port.onmessage = ({ data: { beganMs, parts } }) => {
      queue.latencyMs = 1000 * (context.outputLatency || 0);
      if (!window.__loudspeaker.isOn) return;
      queue.beganMs ??= beganMs;
      for (const part of parts) for (const value of part) queue.samples.push(Math.round(value * 32768));
    };
    node.connect(probe).connect(context.destination);
  }
})();
