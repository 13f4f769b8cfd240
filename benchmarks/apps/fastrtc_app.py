"""FastRTC's camera stream as its documentation writes it.  usage: fastrtc_app.py PORT"""

from __future__ import annotations

import sys

from fastrtc import Stream

Stream(handler=lambda frame: frame, modality="video", mode="send-receive").ui.launch(
    server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True
)
