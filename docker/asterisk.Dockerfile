# The PBX. Debian forky is the first Debian since 11 that carries Asterisk.
FROM debian:forky-slim
COPY docker/steps.sh docker/install.sh docker/build-asterisk.sh /opt/hotline/
RUN /opt/hotline/build-asterisk.sh && rm -rf /var/lib/apt/lists/*
# The same user as the program, so that it may read the recordings.
USER 10001:10001
ENTRYPOINT ["asterisk", "-C", "/srv/hotline/etc/asterisk.conf", "-f"]
