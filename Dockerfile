# Compiles with the development tools, then throws them away.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: they only fetch the Node of a checkout, and this image has its own.
RUN npm ci --ignore-scripts --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run --silent build && npm prune --omit=dev --ignore-scripts --loglevel=error

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node

# Without HEALTH_PORT the worker has no port to knock on. What can be asked of it from outside all the same: do its settings still
# reach its database, and does that have the tables that this build writes to? A worker whose process ended ends the container.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "dist/cli/main.js", "migrate", "status"]

# Node is process 1 itself, so that SIGTERM reaches the worker and it drains. Allow more than SHUTDOWN_TIMEOUT (10 s) for it.
ENTRYPOINT ["node", "--enable-source-maps", "dist/cli/main.js"]
CMD ["mon"]
