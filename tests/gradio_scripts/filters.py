import gradio as gr
import numpy as np


def apply_filter(frame, name):
    if name == "negative":
        return 255 - frame
    if name == "upside down":
        return np.flipud(frame)
    return frame


with gr.Blocks(title="Filters") as demo:
    gr.Markdown("## Choose a filter, and start the camera")
    with gr.Row():
        with gr.Column(scale=1):
            camera = gr.Image(sources=["webcam"], type="numpy", label="Camera")
            choice = gr.Dropdown(["none", "negative", "upside down"], value="none", label="Filter")
        with gr.Column(scale=1):
            result = gr.Image(label="Result", streaming=True)
    camera.stream(
        apply_filter,
        [camera, choice],
        [result],
        time_limit=30,
        stream_every=0.1,
        concurrency_limit=30,
    )

if __name__ == "__main__":
    demo.launch()
