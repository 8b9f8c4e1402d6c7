# The program: `serve`, `transcribe`, `migrate` and the one-shot configuration of the PBX.
FROM debian:13-slim
COPY docker/steps.sh docker/install.sh docker/build-server.sh /opt/hotline/app/docker/
COPY requirements/run.lock /opt/hotline/app/requirements/run.lock
RUN /opt/hotline/app/docker/build-server.sh /opt/hotline && rm -rf /var/lib/apt/lists/* ~/.cache
COPY . /opt/hotline/app
RUN useradd --uid 10001 --user-group --create-home --home-dir /var/lib/hotline hotline
ENV PYTHONPATH=/opt/hotline/app PYTHONUNBUFFERED=1 PATH=/opt/hotline/venv/bin:/usr/bin:/bin
USER 10001:10001
WORKDIR /var/lib/hotline
ENTRYPOINT ["python", "-m", "callcenter"]
CMD ["serve"]
