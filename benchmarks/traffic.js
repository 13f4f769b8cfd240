// Runs in every page before its own scripts. Counts what the page sends: HTTP bodies, websocket messages, WebRTC media.
(() => {
  if (window.__traffic?.doc === document) return;
  const PICTURE_BYTES = 4096; // a picture is bigger, whatever else a page says is smaller
  const traffic = { doc: document, bytes: 0, pictures: 0, connections: [] };
  window.__traffic = traffic;

  const sizeOf = (body) => {
    if (!body) return 0;
    if (typeof body === 'string') return body.length;
    if (body instanceof FormData) return [...body.values()].reduce((sum, part) => sum + sizeOf(part), 0);
    return body.byteLength ?? body.size ?? 0;
  };
  const count = (body) => {
    const bytes = sizeOf(body);
    traffic.bytes += bytes;
    if (bytes >= PICTURE_BYTES) traffic.pictures += 1;
  };

  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    count(data);
    return send.call(this, data);
  };
  const post = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    count(body);
    return post.call(this, body);
  };
  const get = window.fetch;
  window.fetch = (resource, options) => {
    count(options?.body);
    return get(resource, options);
  };
  const connect = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = function (...description) {
    if (!traffic.connections.includes(this)) traffic.connections.push(this);
    return connect.apply(this, description);
  };

  // -> {bytes, pictures} since the page was opened; pictures is null where they travel as video
  traffic.read = async () => {
    let { bytes } = traffic;
    for (const connection of traffic.connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'outbound-rtp') bytes += report.bytesSent + report.headerBytesSent;
      }
    }
    return { bytes, pictures: traffic.connections.length ? null : traffic.pictures };
  };
})();
