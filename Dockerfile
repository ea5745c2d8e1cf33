# The server of a store. What it serves, its keys and events lie in /data.
#
#     docker build -t deep-shopping .
#     docker run --rm -v shop:/data -v "$PWD/catalogue:/catalogue:ro" deep-shopping index /catalogue/products.csv --store /data/shop
#     docker run -d -p 127.0.0.1:3000:3000 -v shop:/data -v "$PWD/catalogue:/catalogue:ro" deep-shopping
#
# Inside it listens on all addresses without TLS, so its port is published on loopback alone, for a proxy that has the
# certificate (docs/deploy.md).
FROM node:20-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:20-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /src/bin ./bin
COPY --from=build /src/dist ./dist
COPY --from=build /src/models ./models
COPY --from=build /src/recipes ./recipes
RUN install -d -o node -g node /data
USER node
WORKDIR /data
VOLUME ["/data"]
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/deepshop.js"]
CMD ["serve", "--store", "/data/shop", "--host", "0.0.0.0", "--port", "3000", "--insecure"]
