# The service as an image: small, not root, with a health check. tests/e2e/test_dockerfile.py carries out these steps.

FROM python:3.11-slim AS build
WORKDIR /build
# Two environments: one builds the wheel and stays behind, the other is what the image runs. Only hashed requirements.
RUN python -m venv --without-pip /opt/backend && python -m venv --without-pip /opt/acpshare
COPY requirements/ requirements/
RUN pip --python /opt/backend/bin/python install --no-cache-dir --require-hashes -r requirements/build.txt
RUN pip --python /opt/acpshare/bin/python install --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY src/ src/
COPY mappings/ mappings/
RUN pip --python /opt/backend/bin/python wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN pip --python /opt/acpshare/bin/python install --no-cache-dir --no-index --no-deps dist/*.whl

FROM python:3.11-slim
COPY --from=build /opt/acpshare /opt/acpshare
# The only place the service writes to, when it keeps its data in SQLite.
RUN mkdir -p /var/lib/acpshare && chown 10001:10001 /var/lib/acpshare
ENV PATH=/opt/acpshare/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ACPSHARE_HOST=0.0.0.0 \
    ACPSHARE_PORT=8000 \
    ACPSHARE_DATABASE_URL=sqlite:////var/lib/acpshare/acpshare.db
WORKDIR /var/lib/acpshare
VOLUME /var/lib/acpshare
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['ACPSHARE_PORT'] + '/health/live', timeout=2)"]
ENTRYPOINT ["acpshare"]
# Does not start without an authentication setting: docs/reference/settings.md.
CMD ["serve"]
