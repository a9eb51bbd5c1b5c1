# The agent's image: the binary, the C library that it links with, and nothing else. docs/image.md explains why.
# The target agent-archive adds netmon-archive, agent-full also netmon-kubernetes; the target query is a separate image with netmon-query
# and DuckDB. For a reproducible build, give the two base images by digest: --build-arg SDK_IMAGE=NAME@sha256:...
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG DEBIAN_IMAGE=docker.io/library/debian:bookworm-slim

# The builder runs on the machine's own architecture and cross-builds for others (--platform linux/arm64).
FROM --platform=$BUILDPLATFORM ${SDK_IMAGE} AS sdk

# Builds on Debian 12, the system that the tests run on: its libbpf, and a C library no newer than that of any node.
FROM --platform=$BUILDPLATFORM ${DEBIAN_IMAGE} AS build
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      ca-certificates clang gcc libbpf-dev libc6-dev libcap2-bin libelf-dev libssl3 libstdc++6 linux-libc-dev lld llvm make zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 NUGET_CERT_REVOCATION_MODE=offline
WORKDIR /src
COPY . .
ARG TARGETARCH
ARG REVISION=unknown
ENV PUBLISH_ARGS="-p:SourceRevisionId=${REVISION}"
# The root: read-only, and the capabilities of the file are permitted, not effective (capabilities.c).
RUN mkdir -p /root-fs/etc /root-fs/captures \
 && cp LICENSE /root-fs/LICENSE \
 && echo 'root:x:0:0::/:/netmon\nnetmon:x:10001:10001::/:/netmon' > /root-fs/etc/passwd \
 && echo 'root:x:0:\nnetmon:x:10001:' > /root-fs/etc/group \
 && ops/image/root.sh "$TARGETARCH" netmon /root-fs \
 && find /root-fs -exec touch -h -d @0 {} + \
 && setcap cap_bpf,cap_perfmon,cap_net_admin,cap_sys_admin,cap_sys_resource,cap_dac_read_search=p /root-fs/netmon

FROM scratch AS agent
ARG REVISION=unknown
ARG VERSION=unknown
COPY --from=build /root-fs /
LABEL org.opencontainers.image.title="NetMon" \
      org.opencontainers.image.description="Every TCP connection of a node, with its process, container and pod" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 10001:10001
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["/netmon"]
CMD ["run"]

# With the uploader for --archive (docker build --target agent-archive): it uses TLS, so it needs OpenSSL and the CA certificates.
FROM build AS archive-build
ARG TARGETARCH
RUN mkdir -p /archive-fs/etc/ssl/certs \
 && cp -L /etc/ssl/certs/ca-certificates.crt /archive-fs/etc/ssl/certs/ \
 && ops/image/root.sh "$TARGETARCH" netmon-archive /archive-fs libssl.so.3 libcrypto.so.3 \
 && find /archive-fs -exec touch -h -d @0 {} +

FROM agent AS agent-archive
COPY --from=archive-build /archive-fs /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt

# With the watch for --kubernetes-api as well (docker build --target agent-full). It trusts the cluster's own CA.
FROM build AS kubernetes-build
ARG TARGETARCH
RUN mkdir -p /kubernetes-fs \
 && ops/image/root.sh "$TARGETARCH" netmon-kubernetes /kubernetes-fs libssl.so.3 libcrypto.so.3 \
 && find /kubernetes-fs -exec touch -h -d @0 {} +

FROM agent-archive AS agent-full
COPY --from=kubernetes-build /kubernetes-fs /

# The image for `kubectl exec POD -c query -- /netmon query`: DuckDB is four times as large as the agent, so the agent's image leaves it
# out.
FROM build AS query-build
ARG TARGETARCH
RUN mkdir -p /query-fs \
 && ops/image/root.sh "$TARGETARCH" netmon-query /query-fs libduckdb.so \
 && ops/image/root.sh "$TARGETARCH" wait /query-fs \
 && find /query-fs -exec touch -h -d @0 {} +

FROM agent AS query
COPY --from=query-build /query-fs /
ENTRYPOINT ["/wait"]
CMD []

FROM agent
