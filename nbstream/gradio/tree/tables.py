"""The arguments that Gradio's own have and that are not heeded here: which mean nothing, which are refused.

Each with Gradio's default. What is heeded is in the signatures, and in `COMMON`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """Why an argument is refused when it differs from Gradio's default."""

    default: Any
    instead: str


COMMON: Mapping[str, Any] = {
    "label": None,
    "info": None,
    "show_label": None,
    "scale": None,
    "min_width": 160,
    "interactive": None,
    "visible": True,
    "elem_id": None,
    "elem_classes": None,
    "render": True,
}
"""What every component takes and heeds."""

IDLE: Mapping[str, Mapping[str, Any]] = {
    "Component": {
        "container": True,
        "key": None,
        "preserved_by_key": "value",
        "buttons": None,
        "show_progress": False,
    },
    "Row": {"variant": "default", "equal_height": False, "preserved_by_key": None},
    "Column": {"variant": "default", "preserved_by_key": None},
    "Group": {"preserved_by_key": None},
    "Accordion": {"preserved_by_key": None},
    "Tab": {
        "interactive": True,
        "id": None,
        "alignment": "left",
        "render_children": False,
        "preserved_by_key": None,
    },
    "Tabs": {"overflow_behavior": "menu", "preserved_by_key": None},
    "Image": {"placeholder": None, "alt_text": None},
    "Audio": {"format": None, "editable": True, "waveform_options": None, "playback_position": 0},
    "Textbox": {
        "max_lines": None,
        "autofocus": False,
        "autoscroll": True,
        "text_align": None,
        "rtl": False,
    },
    "Number": {"placeholder": None},
    "Dropdown": {"num_choices_shown": 100, "filterable": True},
    "Radio": {"rtl": False},
    "Label": {"color": None, "show_heading": True},
    "Markdown": {
        "container": False,
        "rtl": False,
        "sanitize_html": True,
        "header_links": False,
        "padding": False,
    },
    "HTML": {"container": False, "apply_default_css": True, "padding": False, "autoscroll": False},
    "JSON": {"open": False, "show_indices": False},
    "Plot": {"format": "webp"},
    "Button": {"size": "lg", "link_target": "_self"},
    "AnnotatedImage": {"format": "webp", "show_legend": True},
    "Gallery": {
        "format": "webp",
        "allow_preview": True,
        "preview": None,
        "rows": None,
        "object_fit": None,
        "fit_columns": True,
        "type": "filepath",
    },
    "Blocks": {
        "analytics_enabled": None,
        "mode": "blocks",
        "title": "Gradio",
        "fill_height": False,
        "fill_width": False,
        "delete_cache": None,
        "theme": None,
    },
    "launch": {
        **dict.fromkeys(
            ("inbrowser", "debug", "prevent_thread_lock", "show_error", "quiet"), False
        ),
        **dict.fromkeys(("inline", "auth_message", "server_name", "server_port", "favicon_path")),
        **dict.fromkeys(("ssl_keyfile", "ssl_certfile", "ssl_keyfile_password", "footer_links")),
        **dict.fromkeys(("run_history", "allowed_paths", "blocked_paths", "root_path", "i18n")),
        **dict.fromkeys(("app_kwargs", "share_server_address", "share_server_protocol", "theme")),
        **dict.fromkeys(("share_server_tls_certificate", "max_file_size", "enable_monitoring")),
        **dict.fromkeys(("node_server_name", "node_port", "ssr_mode", "pwa", "num_workers")),
        "max_threads": 40,
        "height": 500,
        "width": "100%",
        "ssl_verify": True,
        "state_session_capacity": 10000,
        "strict_cors": True,
    },
    "Interface": {
        "cache_examples": None,
        "cache_mode": None,
        "examples_per_page": 10,
        "example_labels": None,
        "preload_example": 0,
        "flagging_mode": None,
        "flagging_options": None,
        "flagging_dir": ".gradio/flagged",
        "flagging_callback": None,
        "analytics_enabled": None,
        "max_batch_size": 4,
        "api_visibility": "public",
        "api_name": None,
        "api_description": None,
        "allow_duplication": False,
        "delete_cache": None,
        "show_progress": "full",
        "fill_width": False,
        "theme": None,
        "stop_btn": "Stop",
    },
    "events": {
        "api_name": None,
        "api_description": None,
        "api_visibility": "public",
        "scroll_to_output": False,
        "show_progress": "full",
        "show_progress_on": None,
        "queue": True,
        "max_batch_size": 4,
        "key": None,
    },
}
"""What means nothing in a notebook, by class; "Component" = in all of them."""

_SIZE = "Set it in css= by elem_classes= in place of it."
_NO_SCRIPTS = "Scripts of the page are not part of nbstream.gradio."
_NO_PORT = "Nothing listens on a port."
_WHO = "Jupyter's server asks who may come in."
_BY_EVENT = "Set the component's value from an event in place of it."
REFUSED: Mapping[str, Mapping[str, Refusal]] = {
    "Component": {"every": Refusal(None, _BY_EVENT), "inputs": Refusal(None, _BY_EVENT)},
    "Row": {name: Refusal(None, _SIZE) for name in ("height", "max_height", "min_height")},
    "Tab": {name: Refusal(None, _SIZE) for name in ("height", "max_height")},
    "Accordion": {name: Refusal(None, _SIZE) for name in ("height", "max_height")},
    "Image": {"watermark": Refusal(None, "Draw it in your function.")},
    "Audio": {
        "loop": Refusal(False, "Return the sound as often as it shall be heard."),
        "recording": Refusal(False, "The person presses Start."),
        "subtitles": Refusal(None, "Show them in a Textbox."),
    },
    "Textbox": {
        "max_length": Refusal(None, "Cut the text in your function."),
        "submit_btn": Refusal(False, "Use a gr.Button with .click()."),
        "stop_btn": Refusal(False, "Use a gr.Button with .click()."),
        "html_attributes": Refusal(None, "Use css= with elem_classes=."),
    },
    "Dropdown": {"max_choices": Refusal(None, "Check their number in your function.")},
    "CheckboxGroup": {"show_select_all": Refusal(False, "Use a gr.Button with .click().")},
    "Markdown": {
        "latex_delimiters": Refusal(None, "JupyterLab's own are $ and $$."),
        "line_breaks": Refusal(False, "End a line with two spaces."),
        **{name: Refusal(None, _SIZE) for name in ("height", "max_height", "min_height")},
    },
    "HTML": {
        "html_template": Refusal("${value}", "Make the text in your function."),
        "css_template": Refusal("", "Use css= of gr.Blocks."),
        "js_on_load": Refusal(
            "element.addEventListener('click', function() { trigger('click') });",
            _NO_SCRIPTS,
        ),
        "head": Refusal(None, _NO_SCRIPTS),
        "server_functions": Refusal(None, "Use events of other components."),
        **{name: Refusal(None, _SIZE) for name in ("max_height", "min_height")},
    },
    "JSON": {
        "height": Refusal(None, _SIZE),
        "max_height": Refusal(500, _SIZE),
        "min_height": Refusal(None, _SIZE),
    },
    "Button": {
        "icon": Refusal(None, "Put a sign into the button's text."),
        "link": Refusal(None, "Use gr.Markdown with a link."),
    },
    "Gallery": {
        "file_types": Refusal(None, "It shows pictures, and takes none."),
        "selected_index": Refusal(None, "It selects none."),
        "sources": Refusal(None, "It shows pictures, and takes none."),
    },
    "Blocks": {name: Refusal(None, _NO_SCRIPTS) for name in ("js", "head", "head_paths")},
    "launch": {
        **{name: Refusal(None, _NO_SCRIPTS) for name in ("js", "head", "head_paths")},
        "share": Refusal(None, f"{_NO_PORT} Share the notebook, as with JupyterHub or Voila."),
        "auth": Refusal(None, _WHO),
        "auth_dependency": Refusal(None, _WHO),
        "mcp_server": Refusal(None, _NO_PORT),
    },
    "Interface": {
        "examples": Refusal(None, "Set the components' values from buttons."),
        "batch": Refusal(False, "Functions are called with one value each."),
        "deep_link": Refusal(None, "There is no address to link to."),
        "validator": Refusal(None, "Check the values in your function and raise gr.Error."),
    },
    "events": {
        "batch": Refusal(False, "Functions are called with one value each."),
        "preprocess": Refusal(True, "Functions get values as type= says."),
        "postprocess": Refusal(True, "What functions return is shown."),
        "js": Refusal(None, "Write it as a Python function."),
        "validator": Refusal(None, "Check the values in your function and raise gr.Error."),
        "inputs_kwargs": Refusal(None, "Give inputs= as a list."),
    },
}
"""What would change the result and cannot be had here, by class; "Component" = in all of them."""

RENAMED: Mapping[str, Mapping[str, str]] = {
    "Component": dict.fromkeys(
        (
            *("show_download_button", "show_share_button", "show_fullscreen_button"),
            "show_copy_button",
        ),
        "buttons=",
    ),
    "Image": {
        "source": 'sources=["webcam"]',
        "mirror_webcam": "webcam_options=gr.WebcamOptions(mirror=...)",
        "webcam_constraints": "webcam_options=gr.WebcamOptions(constraints=...)",
    },
    "Audio": {"source": 'sources=["microphone"]'},
    "Interface": {"allow_flagging": "flagging_mode="},
    "events": {"every": "stream_every=, in seconds", "show_api": "api_visibility="},
}
"""What older scripts call by another name, by class, and that name; "Component" = in all of them."""

OTHER_EVENTS = frozenset(
    (
        *("apply", "blur", "clear", "collapse", "copy", "delete", "double_click", "download"),
        *("edit", "end", "example_select", "expand", "focus", "key_up", "like", "load"),
        *("option_select", "pause", "pause_recording", "play", "preview_close", "preview_open"),
        *("redo", "retry", "stop", "tick", "undo", "upload"),
    )
)
"""Gradio's events that no component has here."""
