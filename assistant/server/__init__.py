"""One server: the chat at ``/``, ``/v1`` for OpenAI clients, MCP, documents, health and metrics.

    app           puts everything together          running   the socket, the start and the end
    guards        what no request gets past         access    tokens, the login page, sessions
    openai_api    /v1/chat/completions, /v1/models  mcp_door  search, ask, get_document
    pages         documents, exports, health, metrics

Closed by default: the server listens on this machine only, pages load nothing from other hosts, and
of Gradio's own interface only the calls of the page are open.
"""

import assistant.chat  # noqa: F401  before anything imports gradio: it turns the analytics off
