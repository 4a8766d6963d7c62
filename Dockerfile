# One image for both: `winnow serve` (the default) and `winnow worker`.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/winnow
# `dask` brings what trials on a Dask cluster need, here and there.
ARG LOCK=runtime
COPY requirements/${LOCK}.lock requirements/
RUN pip --python /opt/winnow/bin/python install --no-cache-dir --no-deps --require-hashes -r requirements/${LOCK}.lock
COPY pyproject.toml README.md LICENSE ./
COPY automl automl
COPY registry registry
COPY service service
COPY examples/german_credit.csv examples/
RUN pip --python /opt/winnow/bin/python install --no-cache-dir --no-deps .

FROM python:3.11.14-slim-bookworm
# Anything but nothing brings Apertium, by which texts are translated and back.
ARG APERTIUM=
# Debian keeps only the newest version of a package on its mirrors, so that a pinned one soon fails to install.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 ${APERTIUM:+apertium apertium-eng-spa} \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --uid 10001 --home-dir /data winnow \
    && install -d -o winnow -g winnow -m 0700 /data
COPY --from=build /opt/winnow /opt/winnow
ENV PATH=/opt/winnow/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    WINNOW_DATA=/data \
    WINNOW_HOST=0.0.0.0 \
    WINNOW_PORT=8080
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"WINNOW_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["winnow"]
CMD ["serve"]
