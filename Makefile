# NetMon: build, run and test. `make help` lists the targets; README.md has the two most important ones.

SHELL := /bin/bash
.DEFAULT_GOAL := help
export DOTNET_CLI_TELEMETRY_OPTOUT ?= 1
export DOTNET_NOLOGO ?= 1

ARCH := $(shell uname -m)
BPF_ARCH := $(if $(filter aarch64,$(ARCH)),arm64,x86)
RID := linux-$(if $(filter aarch64,$(ARCH)),arm64,x64)
CLANG ?= clang
KERNELS ?= 5.10 6.1
KERNEL_RESULTS := $(CURDIR)/artifacts/kernel-results
MINUTES ?= 30
SUITES ?= unit offline live
REGISTRY ?= localhost
IMAGE_NAME ?= netmon
IMAGE_TAG ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo dev)
IMAGE = $(REGISTRY)/$(IMAGE_NAME):$(IMAGE_TAG)
QUERY_IMAGE = $(REGISTRY)/$(IMAGE_NAME)-query:$(IMAGE_TAG)
OVERLAY ?= bare-metal
RELEASE_PARTS ?= binaries package images manifests plugin sbom
export REGISTRY IMAGE_NAME IMAGE_TAG IMAGE QUERY_IMAGE OVERLAY
BPF_OBJECT := artifacts/bpf/netmon.bpf.o
BPF_OBJECT_5_10 := artifacts/bpf/netmon-5.10.bpf.o
BPF_OBJECTS := $(BPF_OBJECT) $(BPF_OBJECT_5_10)
START_OBJECT := artifacts/native/capabilities.o
BPF_SOURCES := $(wildcard bpf/*.c bpf/*.h schemas/*.h)
ENGINE_SOURCES := $(shell find engine -name '*.cs' -o -name '*.csproj' -o -name '*.proto' -o -path '*/Report/Page/*') $(wildcard *.props schemas/*.sql .editorconfig global.json)
BPF_INCLUDES := -I/usr/include/$(ARCH)-linux-gnu

.PHONY: help setup generate build run demo bench docs test fuzz cross-arm64 package test-package test-runtimes test-kernels kernel-table test-image test-faults soak docker-build docker-push release sbom scan deploy undeploy logs lint lint-c lint-scripts lint-prose clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install missing tools from the distribution's packages
	@ops/setup.sh

generate: $(BPF_OBJECTS) ## compile the kernel programs

$(BPF_OBJECT): BPF_FLAGS := -mcpu=v3
$(BPF_OBJECT_5_10): BPF_FLAGS := -DNM_NO_CMPXCHG

$(BPF_OBJECTS): $(BPF_SOURCES)
	@ops/setup.sh
	@mkdir -p $(@D)
	$(CLANG) -O2 -g -target bpf $(BPF_FLAGS) -D__TARGET_ARCH_$(BPF_ARCH) $(BPF_INCLUDES) -Wall -Wextra -Werror -c bpf/netmon.bpf.c -o $@.tmp
	llvm-strip -g $@.tmp
	@mv $@.tmp $@

build: bin/netmon bin/netmon-query bin/netmon-archive bin/netmon-kubernetes ## build bin/netmon, a single native binary, bin/netmon-query with DuckDB, bin/netmon-archive and bin/netmon-kubernetes

$(START_OBJECT): engine/Native/capabilities.c
	@ops/setup.sh
	@mkdir -p $(@D)
	$(CLANG) -O2 -fPIC -Wall -Wextra -Werror -c $< -o $@

bin/netmon: $(BPF_OBJECTS) $(START_OBJECT) $(filter-out engine/Query/% engine/Uploader/% engine/Kubernetes/%,$(ENGINE_SOURCES))
	@ops/setup.sh
	dotnet publish engine/Host -c Release -r $(RID) -o artifacts/publish -v quiet $(PUBLISH_ARGS)
	@mkdir -p bin
	@cp artifacts/publish/netmon bin/netmon.tmp && mv bin/netmon.tmp bin/netmon

bin/netmon-query: $(filter-out engine/Host/% engine/Uploader/% engine/Kubernetes/% engine/Cluster/% engine/Sources/%,$(ENGINE_SOURCES))
	@ops/setup.sh
	dotnet publish engine/Query -c Release -r $(RID) -o artifacts/publish-query -v quiet
	@mkdir -p bin
	@cp artifacts/publish-query/libduckdb.so bin/libduckdb.so.tmp && mv bin/libduckdb.so.tmp bin/libduckdb.so
	@cp artifacts/publish-query/netmon-query bin/netmon-query.tmp && mv bin/netmon-query.tmp bin/netmon-query

bin/netmon-archive: $(filter-out engine/Host/% engine/Query/% engine/Kubernetes/% engine/Cluster/% engine/Sources/% engine/Pipeline/% engine/Enrichment/%,$(ENGINE_SOURCES))
	@ops/setup.sh
	dotnet publish engine/Uploader -c Release -r $(RID) -o artifacts/publish-archive -v quiet $(PUBLISH_ARGS)
	@mkdir -p bin
	@cp artifacts/publish-archive/netmon-archive bin/netmon-archive.tmp && mv bin/netmon-archive.tmp bin/netmon-archive

bin/wait: ops/image/wait.c
	@ops/setup.sh
	@mkdir -p bin
	$(CLANG) -Os -Wall -Wextra -Werror -static $< -o $@

KUBERNETES_SOURCES := $(filter engine/Kubernetes/% engine/Cluster/% engine/Foundation/% engine/Native/% %.props .editorconfig global.json,$(ENGINE_SOURCES))

bin/netmon-kubernetes: $(START_OBJECT) $(KUBERNETES_SOURCES)
	@ops/setup.sh
	dotnet publish engine/Kubernetes -c Release -r $(RID) -o artifacts/publish-kubernetes -v quiet $(PUBLISH_ARGS)
	@mkdir -p bin
	@cp artifacts/publish-kubernetes/netmon-kubernetes bin/netmon-kubernetes.tmp && mv bin/netmon-kubernetes.tmp bin/netmon-kubernetes

bin/netload: $(wildcard perf/load/*.c perf/load/*.h)
	@ops/setup.sh
	@mkdir -p bin
	$(CLANG) -O2 -Wall -Wextra -Werror -pthread -static perf/load/*.c -o $@

artifacts/bpf/storm.bpf.o: perf/storm/storm.bpf.c perf/storm/storm.h $(wildcard bpf/*.h schemas/*.h)
	@ops/setup.sh
	@mkdir -p $(@D)
	$(CLANG) -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) $(BPF_INCLUDES) -Wall -Wextra -Werror -c $< -o $@

bin/netstorm: perf/storm/main.c perf/storm/storm.h artifacts/bpf/storm.bpf.o
	@ops/setup.sh
	@mkdir -p bin
	$(CLANG) -O2 -Wall -Wextra -Werror -pthread $< -o $@ -l:libbpf.a -l:libelf.a -l:libz.a

artifacts/bpf/foreign.bpf.o: tests/live/programs/foreign.bpf.c
	@ops/setup.sh
	@mkdir -p $(@D)
	$(CLANG) -O2 -g -target bpf -D__TARGET_ARCH_$(BPF_ARCH) $(BPF_INCLUDES) -Wall -Wextra -Werror -c $< -o $@

bin/netforeign: tests/live/programs/foreign.c artifacts/bpf/foreign.bpf.o
	@ops/setup.sh
	@mkdir -p bin
	$(CLANG) -O2 -Wall -Wextra -Werror $< -o $@ -l:libbpf.a -l:libelf.a -l:libz.a

bin/netpeer: tests/live/programs/peer.c
	@ops/setup.sh
	@mkdir -p bin
	$(CLANG) -O2 -Wall -Wextra -Werror -static $< -o $@

# Cross-builds for arm64: Debian's libraries in a folder, clang and lld. The projects find artifacts/bpf and artifacts/native
# under RepoRoot.
CROSS := $(CURDIR)/artifacts/cross-arm64
SYSROOT := $(CURDIR)/artifacts/sysroot-arm64
CROSS_CLANG := $(CLANG) --target=aarch64-linux-gnu --sysroot=$(SYSROOT)

cross-arm64: bin/arm64/netmon bin/arm64/netload bin/arm64/netforeign ## build netmon, netload and netforeign for arm64 in bin/arm64 on a machine of another architecture (installs lld with apt)

.PHONY: cross-programs
cross-programs: bin/arm64/netmon bin/arm64/netmon-query bin/arm64/netmon-archive bin/arm64/netmon-kubernetes

$(SYSROOT)/packages: ops/cross/sysroot.sh
	@ops/setup.sh
	ops/cross/sysroot.sh arm64 $(SYSROOT)
	@touch $@

CROSS_BPF_OBJECTS := $(addprefix $(CROSS)/,$(BPF_OBJECTS))
$(CROSS)/$(BPF_OBJECT): BPF_FLAGS := -mcpu=v3
$(CROSS)/$(BPF_OBJECT_5_10): BPF_FLAGS := -DNM_NO_CMPXCHG

$(CROSS_BPF_OBJECTS): $(BPF_SOURCES) $(SYSROOT)/packages
	@mkdir -p $(@D)
	$(CLANG) -O2 -g -target bpf $(BPF_FLAGS) -D__TARGET_ARCH_arm64 -I$(SYSROOT)/usr/include/aarch64-linux-gnu -I$(SYSROOT)/usr/include -Wall -Wextra -Werror -c bpf/netmon.bpf.c -o $@.tmp
	llvm-strip -g $@.tmp
	@mv $@.tmp $@

$(CROSS)/$(START_OBJECT): engine/Native/capabilities.c $(SYSROOT)/packages
	@mkdir -p $(@D)
	$(CROSS_CLANG) -O2 -fPIC -Wall -Wextra -Werror -c $< -o $@

CROSS_ARGS := -c Release -r linux-arm64 -v quiet -p:RepoRoot=$(CROSS)/ -p:ArtifactsPath=$(CURDIR)/artifacts/dotnet-arm64 \
	-p:SysRoot=$(SYSROOT) -p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy -p:CppCompilerAndLinker=$(CLANG)

bin/arm64/netmon: $(CROSS_BPF_OBJECTS) $(CROSS)/$(START_OBJECT) $(filter-out engine/Query/% engine/Uploader/% engine/Kubernetes/%,$(ENGINE_SOURCES))
	dotnet publish engine/Host -o artifacts/publish-arm64 $(CROSS_ARGS) $(PUBLISH_ARGS)
	@mkdir -p $(@D)
	@cp artifacts/publish-arm64/netmon $@.tmp && mv $@.tmp $@

bin/arm64/netmon-archive: $(SYSROOT)/packages $(filter-out engine/Host/% engine/Query/% engine/Kubernetes/% engine/Cluster/% engine/Sources/% engine/Pipeline/% engine/Enrichment/%,$(ENGINE_SOURCES))
	dotnet publish engine/Uploader -o artifacts/publish-archive-arm64 $(CROSS_ARGS) $(PUBLISH_ARGS)
	@mkdir -p $(@D)
	@cp artifacts/publish-archive-arm64/netmon-archive $@.tmp && mv $@.tmp $@

bin/arm64/netmon-query: $(SYSROOT)/packages $(filter-out engine/Host/% engine/Uploader/% engine/Sources/%,$(ENGINE_SOURCES))
	dotnet publish engine/Query -o artifacts/publish-query-arm64 $(CROSS_ARGS)
	@mkdir -p $(@D)
	@cp artifacts/publish-query-arm64/libduckdb.so bin/arm64/libduckdb.so.tmp && mv bin/arm64/libduckdb.so.tmp bin/arm64/libduckdb.so
	@cp artifacts/publish-query-arm64/netmon-query $@.tmp && mv $@.tmp $@

bin/arm64/wait: ops/image/wait.c $(SYSROOT)/packages
	@mkdir -p $(@D)
	$(CROSS_CLANG) -fuse-ld=lld -Os -Wall -Wextra -Werror -static $< -o $@

bin/arm64/netmon-kubernetes: $(CROSS)/$(START_OBJECT) $(KUBERNETES_SOURCES)
	dotnet publish engine/Kubernetes -o artifacts/publish-kubernetes-arm64 $(CROSS_ARGS) $(PUBLISH_ARGS)
	@mkdir -p $(@D)
	@cp artifacts/publish-kubernetes-arm64/netmon-kubernetes $@.tmp && mv $@.tmp $@

bin/arm64/netforeign: tests/live/programs/foreign.c artifacts/bpf/foreign.bpf.o $(SYSROOT)/packages
	@mkdir -p $(@D)
	$(CROSS_CLANG) -fuse-ld=lld -O2 -Wall -Wextra -Werror $< -o $@ -l:libbpf.a -l:libelf.a -l:libz.a

bin/arm64/netload: $(wildcard perf/load/*.c perf/load/*.h) $(SYSROOT)/packages
	@mkdir -p $(@D)
	$(CROSS_CLANG) -fuse-ld=lld -O2 -Wall -Wextra -Werror -pthread -static perf/load/*.c -o $@

run: ## build, then trace this kernel: JSON lines on stdout (ARGS="--capture DIR ..." for more)
	@$(MAKE) --no-print-directory bin/netmon >&2
	@bin/netmon run $(ARGS)

test: bin/netmon bin/netmon-query bin/netmon-archive bin/netmon-kubernetes bin/netload bin/netstorm bin/netforeign bin/netpeer ## run all tests except the slow ones; tests that this machine can't run are listed as skipped
	@tests/run.sh $(SUITES)

fuzz: ## fuzz one reader of foreign input with AFL++ (TARGET=footer SECONDS=60; LOOP=loop: in one process, 10 to 50 times as fast; TARGET=all: every reader in turn; tests/fuzz/corpus lists the targets; installs afl++ with apt)
	@tests/fuzz/fuzz.sh "$(TARGET)" "$(or $(SECONDS),60)" $(LOOP)

test-runtimes: bin/netmon bin/netload ## test containers and pods of real runtimes, which the tests start (installs containerd, runc, docker.io with apt)
	@tests/run.sh runtimes

test-kernels: bin/netmon bin/netload bin/netforeign $(if $(findstring arm64,$(KERNELS)),cross-arm64) ## run the live tests in QEMU on other kernels (KERNELS="5.10 6.1 6.12 7.2 6.1-rt 6.1-arm64"; CPUS=64 for a guest with 64 CPUs)
	@NETMON_TEST_KERNELS="$(KERNELS)" NETMON_KERNEL_RESULTS="$(KERNEL_RESULTS)" $(if $(CPUS),NETMON_GUEST_CPUS="$(CPUS)") tests/run.sh kernels

kernel-table: ## write docs/kernels.md from the results of the last test-kernels
	@tests/kernels/table.sh $(KERNEL_RESULTS) >docs/kernels.md

test-faults: bin/netmon ## test small real disks that fill up, turn read-only, disappear, lose permissions or inodes under a running agent (needs root)
	@tests/run.sh faults

soak: bin/netmon bin/netload bin/netstorm ## run 50,000 events per second for MINUTES (30), with containers, connections and hour boundaries: the agent's resources must stay flat
	@NETMON_SOAK_MINUTES=$(MINUTES) tests/run.sh soak

package: bin/netmon bin/netmon-query bin/netmon-archive bin/netmon-kubernetes ## build the Debian package, with a systemd service: artifacts/netmon_VERSION_ARCHITECTURE.deb
	@ops/package/build.sh

docker-build: ## build the images REGISTRY/IMAGE_NAME:IMAGE_TAG and REGISTRY/IMAGE_NAME-query:IMAGE_TAG with docker or buildah (TARGET=agent, query, agent-archive or agent-full for one, BUILDER=, PLATFORM=, SDK_IMAGE= and DEBIAN_IMAGE= by digest)
	@ops/image/build.sh

docker-push: ## push the images
	@ops/image/push.sh

release: $(if $(findstring binaries,$(RELEASE_PARTS)),build cross-programs) ## build a release in artifacts/release: programs for x86-64 and arm64, Debian package, images, manifests, SBOM, kubectl plugin, checksums (RELEASE_PARTS="binaries package images manifests plugin sbom")
	@ops/release.sh $(RELEASE_PARTS)

sbom: ## write the image's SBOM, CycloneDX: artifacts/netmon.cdx.json (uses an npm package)
	@ops/image/sbom.sh

scan: ## scan the images for known vulnerabilities with Trivy, if it is installed
	@ops/image/scan.sh

deploy: ## apply ops/kubernetes/overlays/OVERLAY with this image (kubectl's current context)
	@ops/kubernetes/deploy.sh apply

undeploy: ## remove the deployment
	@ops/kubernetes/deploy.sh delete

logs: ## follow the agents' logs
	@ops/kubernetes/deploy.sh logs

test-package: ## build the Debian package; install, start, upgrade and remove it on a debootstrapped Debian run by systemd (installs debootstrap with apt)
	@tests/run.sh package

test-image: bin/netload ## build the image here without a registry, inspect it, and run it (installs buildah and debootstrap with apt)
	@tests/run.sh image

demo: bin/netmon bin/netmon-query ## make a capture of a synthetic cluster in artifacts/demo, to try questions on
	@rm -rf artifacts/demo && ops/demo.sh artifacts/demo

bench: $(if $(filter micro,$(BENCH)),,bin/netmon bin/netmon-query bin/netload bin/netstorm bin/netforeign) ## measure: a table, artifacts/bench/results.json, and docs/figures.json for the documents (BENCH=--quick, micro, or a benchmark from perf/README.md)
	dotnet build perf/$(if $(filter micro,$(BENCH)),micro,bench) -c Release -v quiet -clp:NoSummary
	@artifacts/dotnet/bin/$(if $(filter micro,$(BENCH)),NetMon.Micro/release/netmon-micro,NetMon.Bench/release/netmon-bench $(BENCH))

docs: bin/netmon bin/netmon-query ## generate docs/configure.md from the options, the tables of columns in schemas/ from their declarations, and measured figures in documents from docs/figures.json
	@docs/configure.sh > docs/configure.md.tmp && mv docs/configure.md.tmp docs/configure.md
	dotnet build tests/unit -c Release -v quiet -clp:NoSummary
	@NETMON_WRITE_DOCS=1 artifacts/dotnet/bin/NetMon.UnitTests/release/NetMon.UnitTests -method '*.DocumentedColumnsTests.*' -method '*.DocumentedFiguresTests.Marked_figures_*' -noLogo >/dev/null

lint: $(BPF_OBJECT) lint-c lint-scripts lint-prose ## check formatting and analysers of C#, C and scripts, and the wording of documents, help and comments (installs clang-format and shellcheck with apt)
	dotnet format NetMon.sln --verify-no-changes

lint-c:
	@ops/lint/setup.sh clang-format
	clang-format --dry-run -Werror $(shell git ls-files '*.c' '*.h')

lint-scripts:
	@ops/lint/setup.sh shellcheck
	ops/lint/scripts.sh

lint-prose:
	ops/lint/prose.sh

clean: ## remove all build results
	rm -rf artifacts bin
