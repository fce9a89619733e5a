"""The chat: a Gradio page that draws the pipeline's events and holds no logic.

    layout         what stands where              page        which event calls which function
    talking        a question → the updates of a page, while the answer comes
    messages       answers as HTML with their markers       evidence   the cards behind them
    document_page  a document at its cited place            page_picture  a PDF's page as a picture
    document_blocks  its text as headings, grids, lists     document_marks  what of it is marked
    conversations  what was asked, in SQLite                exporting  a conversation as Markdown
    notes          what was pinned                          notebook   it drawn, and as Markdown
    question_set   a bad answer as a question of the evaluation

All HTML is built here from escaped text (``escaped``): documents and models supply text, never
markup.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported: nothing goes out
