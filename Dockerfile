# SPDX-License-Identifier: Apache-2.0
# One region in a container. It takes any key, so publish its ports on loopback alone:
#   docker build -t gyre . && docker run -p 127.0.0.1:8000:8000 -v gyre:/data gyre
FROM debian:12 AS build
COPY . /gyre
RUN /gyre/dev package && mv /gyre/build/release/gyre_*.deb /gyre.deb

FROM debian:12-slim
COPY --from=build /gyre.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/gyre.deb curl \
    && rm -rf /tmp/gyre.deb /var/lib/apt/lists/* && useradd --system gyre && install -d -o gyre /data
USER gyre
VOLUME /data
EXPOSE 8000 9000
HEALTHCHECK CMD ["curl", "--silent", "--fail", "http://127.0.0.1:8000/"]
ENTRYPOINT ["gyre"]
CMD ["serve", "--region", "us-east-1", "--http", "0.0.0.0:8000", "--stream", "tcp://0.0.0.0:9000", "--data", "/data"]
