// Plays host and kernel to the real bundles, so that a widget can be put into any state without a notebook.
window.stage = (() => {
  const made = new Map();
  let index = 0;

  class Model {
    constructor(traits, reply) {
      this.traits = traits;
      this.reply = reply;
      this.callbacks = new Map();
      this.sent = [];
      this.widget_manager = {};
    }
    get(name) {
      return this.traits[name];
    }
    set(name, value) {
      this.traits[name] = value;
      this.fire(`change:${name}`);
    }
    save_changes() {}
    on(name, callback) {
      this.callbacks.set(name, [...(this.callbacks.get(name) ?? []), callback]);
    }
    off(name, callback) {
      this.callbacks.set(name, (this.callbacks.get(name) ?? []).filter((one) => one !== callback));
    }
    fire(name, ...args) {
      for (const callback of this.callbacks.get(name) ?? []) callback(...args);
    }
    send(content) {
      this.sent.push(content);
      this.client = content.client;
      if (content.type === "hello" && this.reply) this.say(this.reply);
      if (content.type === "part") this.hand(content.part);
    }
    async hand(part) {
      const code = new DataView(await (await fetch(`/parts/${part}.js`)).arrayBuffer());
      this.say({ nbstream: 1, type: "part", part, byte_length: code.byteLength }, [code]);
    }
    /** Owner "me" is this page. */
    say(content, buffers = []) {
      const owner = content.owner === "me" ? this.client : content.owner;
      index += 1;
      const credit = content.credit && { ...content.credit, index };
      const numbered = content.type === "state" ? { ...content, index, owner, credit } : content;
      this.fire("msg:custom", numbered, buffers);
    }
  }

  /** Make a widget of a bundle in a box of its own. */
  async function show(id, bundle, traits, reply, parent) {
    const widget = (await import(`/${bundle}.js`)).default;
    const model = new Model({ ...traits, _widget_id: id }, reply);
    const end = widget.initialize({ model });
    const el = document.createElement("div");
    (document.querySelector(parent ?? "#stage")).append(el);
    const remove = widget.render({ model, el });
    made.set(id, { model, el, end, remove });
  }

  function say(id, content) {
    made.get(id).model.say(content);
  }

  /** A result as a kernel sends it: a drawn picture. */
  async function result(id, seq, width = 640, height = 480) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    const sky = context.createLinearGradient(0, 0, 0, height);
    sky.addColorStop(0, "#27476e");
    sky.addColorStop(1, "#f2b880");
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#1b2a41";
    context.beginPath();
    context.moveTo(0, height);
    context.lineTo(width * 0.3, height * 0.45);
    context.lineTo(width * 0.55, height * 0.8);
    context.lineTo(width * 0.75, height * 0.55);
    context.lineTo(width, height);
    context.fill();
    const blob = await canvas.convertToBlob({ type: "image/jpeg" });
    const bytes = new DataView(await blob.arrayBuffer());
    const head = { nbstream: 1, type: "result", seq, captured_at_ms: null, frame_seq: null, credits: {} };
    made.get(id).model.say({ ...head, mime: "image/jpeg", byte_length: bytes.byteLength }, [bytes]);
  }

  function clear() {
    for (const { end, remove, el } of made.values()) {
      remove?.();
      end?.();
      el.remove();
    }
    made.clear();
    document.querySelector("#stage").replaceChildren();
  }

  const sent = (id) => made.get(id).model.sent;
  const change = (id, name, value) => made.get(id).model.set(name, value);
  const fire = (id, name) => made.get(id).model.fire(name);
  return { show, say, result, clear, sent, change, fire };
})();
