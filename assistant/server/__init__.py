"""One server: the chat at ``/``, ``/v1`` for OpenAI clients, MCP, documents, health and metrics.

    app           puts everything together          running   the socket, the start and the end
    guards        what no request gets past         access    tokens, the login page, sessions
    openai_api    /v1/chat/completions, /v1/models  mcp_door  search, ask, get_document
    pages         documents, exports, health, metrics

Closed by default: this machine alone, no outside host in any page, nothing of Gradio's own
interface but what the page itself calls.
"""

import assistant.chat  # noqa: F401  before anything imports gradio: it turns the analytics off
