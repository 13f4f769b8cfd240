import gradio as gr
import numpy as np

css = """
.narrow {max-width: 400px !important}
#middle {display: flex !important; align-items: center !important}
"""


def upside_down(frame, is_on):
    return np.flipud(frame) if is_on else frame


with gr.Blocks() as demo:
    with gr.Column(elem_id="middle"), gr.Group(elem_classes=["narrow"]):
        picture = gr.Image(sources=["webcam"], label="Camera and result")
        turn = gr.Checkbox(value=True, label="Upside down")
    picture.stream(upside_down, [picture, turn], [picture], time_limit=10, stream_every=0.1)

if __name__ == "__main__":
    demo.launch(css=css)
