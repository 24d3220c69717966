# The chat server, built from this folder; nothing is fetched but packages of the lock file.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY core core
COPY adapters adapters
COPY server server
COPY cli cli
COPY scripts scripts
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts

FROM node:26-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY docker docker
# The folder of a volume takes its mode from the image; the only user here has to write to it.
RUN mkdir -m 1777 certs keys
USER node
EXPOSE 1222 8443
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve"]
