"""Settings: a strict mirror of ``config.yaml``, checked once at the door.

In comes the packaged ``config.yaml`` (the only place that holds defaults), a user's file, the
environment and overrides, later ones winning key by key. Out goes a frozen ``Settings``. Secrets
are never settings: only the name of the environment variable that holds one is.
"""

from assistant.settings.loading import (
    CONFIG_NAME,
    ENVIRONMENT_PREFIX,
    default_config_path,
    find_config,
    load_settings,
    parse_assignment,
)
from assistant.settings.sections import (
    AnswerSettings,
    ChatSettings,
    ChunkingSettings,
    DocumentSettings,
    EmbeddingSettings,
    IndexSettings,
    LLMSettings,
    ReadingSettings,
    RetrievalSettings,
    ServerSettings,
    Settings,
    WatchSettings,
)

__all__ = [
    "CONFIG_NAME",
    "ENVIRONMENT_PREFIX",
    "AnswerSettings",
    "ChatSettings",
    "ChunkingSettings",
    "DocumentSettings",
    "EmbeddingSettings",
    "IndexSettings",
    "LLMSettings",
    "ReadingSettings",
    "RetrievalSettings",
    "ServerSettings",
    "Settings",
    "WatchSettings",
    "default_config_path",
    "find_config",
    "load_settings",
    "parse_assignment",
]
