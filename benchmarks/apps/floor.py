"""The floor: what a browser and a bare websocket can do.  usage: floor.py PORT ASKED_FPS WIDTH_PX HEIGHT_PX"""

from __future__ import annotations

import asyncio
import sys

import simplejpeg
import tornado.web
import tornado.websocket

PAGE = """<!doctype html><video id=camera muted playsinline width=320></video><canvas id=result></canvas>
<script type=module>
const [everyMs, width, height] = [EVERY_MS, WIDTH_PX, HEIGHT_PX];
camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width, height } });
await camera.play();
const grab = new OffscreenCanvas(camera.videoWidth, camera.videoHeight);
const grabPen = grab.getContext("2d");
result.width = grab.width;
result.height = grab.height;
const resultPen = result.getContext("2d");
const socket = new WebSocket(`ws://${location.host}/socket`);
socket.binaryType = "arraybuffer";
let busy = false;
let lastMs = 0;
socket.onmessage = async ({ data }) => {
  busy = false;
  const bitmap = await createImageBitmap(new Blob([data], { type: "image/jpeg" }));
  resultPen.drawImage(bitmap, 0, 0);
  bitmap.close();
};
async function onFrame() {
  camera.requestVideoFrameCallback(onFrame);
  const nowMs = performance.now();
  if (busy || nowMs - lastMs < everyMs - 4) return; // the camera's own clock is not exact: 4 ms early counts as due
  busy = true;
  lastMs = nowMs;
  grabPen.drawImage(camera, 0, 0);
  const blob = await grab.convertToBlob({ type: "image/jpeg", quality: 0.7 });
  socket.send(await blob.arrayBuffer());
}
socket.onopen = () => camera.requestVideoFrameCallback(onFrame);
</script>"""


class Page(tornado.web.RequestHandler):
    """The page that captures and shows."""

    def get(self) -> None:
        """Send it, with the rate and the size that were asked for."""
        page = PAGE.replace("EVERY_MS", str(1000 / int(sys.argv[2])))
        self.write(page.replace("WIDTH_PX", sys.argv[3]).replace("HEIGHT_PX", sys.argv[4]))


class Socket(tornado.websocket.WebSocketHandler):
    """Decodes each picture and sends it back encoded."""

    def open(self) -> None:
        """Send small messages at once."""
        self.set_nodelay(True)

    async def on_message(self, message: str | bytes) -> None:
        """Answer a JPEG with a JPEG."""
        assert isinstance(message, bytes)
        pixels = simplejpeg.decode_jpeg(message)
        await self.write_message(simplejpeg.encode_jpeg(pixels, quality=80), binary=True)


async def main() -> None:
    """Serve until killed."""
    tornado.web.Application([("/", Page), ("/socket", Socket)]).listen(
        int(sys.argv[1]), "127.0.0.1"
    )
    await asyncio.Event().wait()


asyncio.run(main())
