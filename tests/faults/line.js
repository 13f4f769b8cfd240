// Runs in every page before the page's own scripts. Loses, doubles and swaps messages of widgets between page and kernel,
// as it is told to, and counts the pictures that really leave the page.
(() => {
  if (window.__line) return;
  const line = { lose: 0, double: 0, swap: 0, seed: 1, sent: new Set(), lost: 0, doubled: 0, swapped: 0 };
  window.__line = line;

  // The same faults for the same seed, as far as the messages are the same.
  const chance = () => {
    line.seed = (Math.imul(line.seed, 1664525) + 1013904223) >>> 0;
    return line.seed / 2 ** 32;
  };
  const latin = new TextDecoder('latin1');
  const text = (data) => (typeof data === 'string' ? data : latin.decode(new Uint8Array(data).subarray(0, 6000)));
  const isOurs = (words) => words.includes('"method":"custom"') || words.includes('"method": "custom"');

  function pass(data, held, deliver) {
    const words = text(data);
    if (!isOurs(words)) return deliver(data);
    if (chance() < line.lose) {
      line.lost += 1;
      return;
    }
    if (chance() < line.swap && held.data === null) {
      line.swapped += 1;
      held.data = data;
      setTimeout(() => release(held, deliver), 300);
      return;
    }
    deliver(data);
    release(held, deliver);
    if (chance() < line.double) {
      line.doubled += 1;
      deliver(data);
    }
  }

  function release(held, deliver) {
    const { data } = held;
    held.data = null;
    if (data !== null) deliver(data);
  }

  function note(data) {
    const words = text(data);
    if (!/"type": ?"frame"/.test(words)) return;
    const [run, seq] = ['run', 'seq'].map((name) => new RegExp(`"${name}": ?(\\d+)`).exec(words)?.[1]);
    line.sent.add(`${run}:${seq}`);
  }

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    #up = { data: null };
    #down = { data: null };
    #heard = null;

    send(data) {
      if (!(data instanceof ArrayBuffer) && typeof data !== 'string') return super.send(data);
      pass(data, this.#up, (one) => {
        if (this.readyState !== Socket.OPEN) return;
        note(one);
        super.send(one);
      });
    }

    get onmessage() {
      return this.#heard;
    }

    set onmessage(heard) {
      this.#heard = heard;
      super.onmessage = (event) =>
        pass(event.data, this.#down, (data) => this.#heard?.(data === event.data ? event : new MessageEvent('message', { data })));
    }
  };
})();
