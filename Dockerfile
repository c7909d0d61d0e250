# An image with Node and the bundle, and nothing else. To build it: docker build -t lockstep .
ARG NODE_VERSION=20.20.2

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY LICENSE tsconfig.json ./
COPY scripts scripts
COPY schemas schemas
COPY src src
RUN npm run build && sh scripts/image-files.sh /image && mkdir /state

FROM scratch
COPY --from=build /image /
# Journals and local locks. The only folder that is written to: mount a volume there.
COPY --from=build --chown=65532:65532 /state /state
ENV PATH=/usr/bin HOME=/work XDG_STATE_HOME=/state
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/bin/node", "/opt/lockstep/dist/cli.js"]
CMD ["--help"]
