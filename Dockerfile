# The hub. See docs/operations.md, "With Docker".
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY server/package.json server/
COPY server/bin server/bin
COPY web/package.json web/
COPY agent/package.json agent/
COPY agent/bin agent/bin
RUN npm ci --no-progress
COPY . .
# What only building and testing need goes, and so does the Node that npm brings for machines without one.
RUN npm run build \
 && npm prune --omit=dev --no-progress \
 && rm -rf node_modules/node-linux-* node_modules/.bin \
 && mkdir /image \
 && cp -r --parents package.json node_modules server/package.json server/bin server/dist web/dist agent/dist agent/install agent/systemd /image

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    STACKSENSE_DATA_DIR=/data \
    # A container is no machine to watch.
    STACKSENSE_LOCAL_AGENT=false
WORKDIR /app
COPY --from=build /image .
RUN install -d -o node -g node -m 700 /data \
 && ln -s /app/server/bin/stacksense.js /usr/local/bin/stacksense
# The embedded PostgreSQL runs as this user too; it refuses to run as root.
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# As `npm start` does: less memory for garbage that has not been collected yet.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "--heap-growing-percent=50", "server/dist/main.js"]
