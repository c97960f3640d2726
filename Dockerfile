# Cross compiles on the builder's own architecture, so that no emulation is
# needed: docker buildx build --platform=linux/amd64,linux/arm64 .
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
WORKDIR /src

# Dependencies first: they change less often than the source.
COPY go.mod go.sum ./
RUN go mod download

# Only what the manager is made of: a change elsewhere rebuilds nothing.
COPY api/ api/
COPY cmd/ cmd/
COPY controllers/ controllers/
COPY internal/ internal/
RUN CGO_ENABLED=0 GOOS=${TARGETOS:-linux} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /manager ./cmd/manager

# Certificates and time zones, but no shell and no package manager.
FROM gcr.io/distroless/static:nonroot
COPY --from=build /manager /manager
# Notices of what is built in.
COPY LICENSE /licenses/LICENSE
COPY internal/catalog/reference/data/LICENSE /licenses/iam-data/LICENSE
# By number: Kubernetes cannot check runAsNonRoot against a name.
USER 65532:65532
ENTRYPOINT ["/manager"]
