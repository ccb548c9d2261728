# Compiles with the development tools, then throws them away.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/web/package.json packages/web/
# No install scripts: they only fetch the Node of a checkout, and this image has its own.
RUN npm ci --ignore-scripts --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY packages/client/src ./packages/client/src
COPY packages/web ./packages/web
RUN npm run --silent build && npm run --silent build:web && \
  npm prune --omit=dev --ignore-scripts --loglevel=error && rm -f node_modules/lms-web

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node

# Asks the process and nobody else: whatever restarts unhealthy containers must not do so because a database
# is away.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "--disable-sigusr1", "dist/app/container-health.js"]

# Node is process 1 itself, so that SIGTERM reaches the worker and it drains. Allow more than SHUTDOWN_TIMEOUT
# (10 s) for it. SIGUSR1 would open Node's inspector, which runs whatever it is told to.
ENTRYPOINT ["node", "--disable-sigusr1", "--max-semi-space-size=16", "--enable-source-maps", "dist/cli/main.js"]
CMD ["mon"]
