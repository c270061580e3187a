# syntax=docker/dockerfile:1
# The service without a database: its PostgreSQL is that of DATABASE_URL. docs/operating/container.md
#
#   docker build --build-arg REVISION=$(git rev-parse HEAD) --tag xinjian .
#
# The version of Node is that of the tests. Who builds for production gives the digest too: NODE=node:…@sha256:…
ARG NODE=node:20.20.2-bookworm-slim

# What runs, and no more. Optional packages are left out: the embedded PostgreSQL (60 MB) and the compiler of tsx.
FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY patches patches
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY patches patches
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY jobs jobs
RUN npm run build

FROM ${NODE}
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Xinjian" \
      org.opencontainers.image.description="Credit files and joint sanctions for online business" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"

# Everything belongs to root and is read by all: the process can change nothing of itself. It writes to DATA_DIR and
# SNAPSHOT_DIR, which are volumes.
RUN mkdir --parents /var/lib/xinjian && chown 10001:10001 /var/lib/xinjian
WORKDIR /app
COPY package.json LICENSE ./
COPY bin bin
COPY migrations migrations
COPY src/site/icon.svg src/site/site.css src/site/site.js src/site/workspace.css src/site/
COPY src/registry/data src/registry/data
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/var/lib/xinjian
USER 10001:10001
EXPOSE 3000
VOLUME /var/lib/xinjian

# Node is the first process and takes SIGTERM itself (docs/operating/restart.md); it starts no others, so there is nothing
# to reap. A process with JOBS=only serves no HTTP: switch the check off there.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/xinjian.js"]
CMD ["serve"]
