# The server with everything inside: no download and no key when it runs.
#   docker build -t document-assistant .
#   docker run -p 7860:7860 -e ASSISTANT_TOKEN="$(openssl rand -base64 24)" \
#     -v ~/papers:/documents:ro -v assistant-index:/index document-assistant
FROM python:3.12-slim

RUN useradd --home-dir /state --uid 10001 assistant \
 && mkdir /index /documents /uploads /vectors /state \
 && chown assistant /index /uploads /vectors /state
COPY . /source
RUN pip install --no-cache-dir -c /source/constraints.txt /source && rm -r /source

USER assistant
WORKDIR /state
# Listening on all addresses of the container needs the token; the port is published by you.
ENV ASSISTANT__SERVER__HOST=0.0.0.0 \
    ASSISTANT__DOCUMENTS__PATHS="[/documents]" \
    ASSISTANT__INDEX__PATH=/index/assistant \
    ASSISTANT__CHAT__UPLOADS=/uploads \
    ASSISTANT__CHAT__QUESTION_SET=/index/my-questions.yaml
VOLUME ["/index", "/uploads"]
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["assistant", "serve"]
