# SPDX-License-Identifier: GPL-2.0
#
# mptcpx: MPTCP schedulers for stock kernels. `make` alone lists what there is.
#
# KDIR    build tree of the target kernel: headers package or self-built tree
# BUILD   where results go, default build/; modules in $(BUILD)/<release>/

srcdir := $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))

# newest installed 6.12 headers, else those of the running kernel
newest := $(shell ls -d /usr/src/linux-headers-6.12*-amd64 2>/dev/null | \
	grep -v -e -rt- -e -cloud- | sort -V | tail -n 1)
KDIR ?= $(or $(newest),/lib/modules/$(shell uname -r)/build)
BUILD ?= $(srcdir)/build

kdir := $(abspath $(KDIR))
build := $(abspath $(BUILD))
# release of the target kernel, as its own build wrote it
rel := $(shell cat $(kdir)/include/config/kernel.release 2>/dev/null || \
	sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
		$(kdir)/include/generated/utsrelease.h 2>/dev/null)
moddir := $(build)/$(rel)
# those that tests run on
kernels = $(shell $(srcdir)/scripts/suite list)

ifneq ($(words $(srcdir) $(build))$(findstring =,$(build))$(findstring :,$(build)),2)
$(error the kernel's build system cannot work below a path with a blank, = or :)
endif

# all CPUs, unless whoever called us already shares them out
jobs = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))
kmake = $(MAKE) $(jobs) --no-print-directory -C $(kdir)

again = $(MAKE) --no-print-directory -f $(srcdir)/Makefile

.PHONY: help modules refused tools bpf check style setup test test-all test-matrix
.PHONY: bench demo kunit kunit-quick mutants mainline mainline-quick lacking long
.PHONY: install uninstall clean kdir tree

help:
	@echo 'mptcpx: MPTCP schedulers for stock kernels'
	@echo
	@echo '  make demo       boot the stock kernel in QEMU, show every scheduler'
	@echo '  make modules    build the modules            [KDIR=] [BUILD=]'
	@echo '  make tools      build the traffic program'
	@echo '  make bpf        build the BPF schedulers, for all kernels at once'
	@echo '  make test       run the tests in the VM, half of them on the newest kernel, too'
	@echo '  make test-matrix  all tests on all kernels of scripts/kernels [ON=]'
	@echo '  make test-all   that, and all that follows below: hours'
	@echo '  make kunit      run the unit tests, in a debug kernel (built once)   [ON=]'
	@echo '  make kunit-quick  the same in a kernel that is built in a few minutes'
	@echo '  make mutants    do the unit tests catch mistakes?            [ON=]'
	@echo "  make mainline   the kernel's own MPTCP selftests, with each scheduler"
	@echo '  make mainline-quick  a part of two of them, with one'
	@echo '  make lacking    is what a kernel lacks named when building for it?'
	@echo '  make long       an hour of soak, 1,000 loads and unloads, a million hostile writes'
	@echo '  make bench      measure in virtual time      [PATHS=] [SCHED=] [ROW=]'
	@echo '  make check      sparse and all warnings, none allowed'
	@echo '  make style      checkpatch --strict'
	@echo '  make install    install modules, boot-time loading, sysctl sample'
	@echo '  make uninstall  take them away again'
	@echo '  make clean      remove $(notdir $(build))/'
	@echo
	@echo '  kernel: $(if $(rel),$(rel)) ($(kdir))'

kdir:
	@test -n "$(rel)" || { \
		echo "make: $(kdir) is no kernel build tree: install the headers (Debian: linux-headers-amd64 of the wanted release) or give KDIR=" >&2; \
		exit 1; }

# The kernel's build system writes beside the sources: it gets a directory of
# links of its own, and the clone stays clean. Parts that test variants change
# are copies.
tree: kdir
	@$(srcdir)/scripts/build-tree.sh $(if $(BASE),-b $(BASE)) $(if $(MISSING),-m $(MISSING)) \
		$(if $(PROTO),-p $(PROTO)) $(srcdir) $(moddir)

# Variants that must be refused when loaded (give them a BUILD= of their own):
#   SHIFT=struct.member   one stray member in front of this one
#   MISSING=function      look up a function that no kernel has
#   PROTO=function        expect another prototype of it
# BASE=directory          where the modules were built as they are: of the last two
#                         hardly anything has to be made anew
modules: tree
	+@$(kmake) M=$(moddir) modules
	@$(srcdir)/scripts/build-tree.sh -c $(moddir)

# one of each, for the tests: $(build)/refused/<variant>.ko
refused: $(addprefix $(build)/refused/,shift.ko missing.ko proto.ko)

$(build)/refused/shift.ko: VARIANT = SHIFT=mptcp_sock.snd_una
$(build)/refused/missing.ko: VARIANT = MISSING=mptcp_subflow_active BASE=$(moddir)
$(build)/refused/proto.ko: VARIANT = PROTO=mptcp_subflow_active BASE=$(moddir)
$(build)/refused/missing.ko $(build)/refused/proto.ko: modules
$(build)/refused/%.ko: kdir
	+@$(MAKE) --no-print-directory -f $(srcdir)/Makefile modules KDIR=$(kdir) \
		BUILD=$(build)/refused/$* MODULES=mptcpx $(VARIANT)
	@cp $(build)/refused/$*/$(rel)/mptcpx.ko $@

tools: $(addprefix $(build)/bin/,mptcpx_traffic mptcpx_pairs mptcpx_crowd mptcpx_as mptcpx_fuzz \
	mptcpx_flood mptcpx_forget mptcpx_nth mptcpx_soak mptcpx_stuck)

$(build)/bin/%: $(srcdir)/selftests/%.c
	@mkdir -p $(@D)
	$(CC) -O2 -g -Wall -Wextra -o $@ $< $(LDLIBS)

# The same objects for all kernels (CO-RE): types come from the BTF of one of them.
bpf:
	@$(srcdir)/scripts/setup.sh bpf
	+@$(again) $(jobs) bpf-objects

bpfdir = $(shell cat $${MPTCPX_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/mptcpx}/bpf 2>/dev/null)
bpfsrc := $(wildcard $(srcdir)/bpf/*.bpf.c $(srcdir)/selftests/bpf/*.bpf.c)
bpfobj := $(addprefix $(build)/bpf/,$(notdir $(bpfsrc:.c=.o)) tutorial.bpf.o)
clang_bpf = clang -O2 -g -Wall -Wextra -Wno-unused-parameter -ffreestanding -target bpf -mcpu=v3 \
	-D__TARGET_ARCH_x86 -I$(build)/bpf -I$(srcdir)/bpf -isystem $(bpfdir)/include

.PHONY: bpf-objects
bpf-objects: $(bpfobj) $(build)/bpf/bpftool $(build)/bpf/mptcpx_link

$(build)/bpf/bpftool: $(bpfdir)/bpftool
	@mkdir -p $(@D)
	@cp $< $@

$(build)/bpf/mptcpx_link: $(srcdir)/bpf/mptcpx_link.c $(bpfdir)/libbpf.a
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -static -isystem $(bpfdir)/include -o $@ $^ -lelf -lz

# mptcp_pm_data.extra_subflows of newer kernels is called subflows by 6.12
$(build)/bpf/vmlinux.h: $(build)/bpf/bpftool
	@$< btf dump file $(kdir)/vmlinux format c >$@.new
	@grep -q extra_subflows $@.new || echo '#define extra_subflows subflows' >>$@.new
	@mv $@.new $@

# the scheduler of the tutorial, as it is written there
$(build)/bpf/tutorial.bpf.c: $(srcdir)/Documentation/bpf.rst
	@mkdir -p $(@D)
	@sed -n '/Now write a scheduler/,/^Put it into/{/^\t/s/^\t//p;/^$$/p}' $< >$@

$(bpfobj): $(build)/bpf/tutorial.bpf.c $(build)/bpf/vmlinux.h $(wildcard $(srcdir)/bpf/*) $(wildcard $(srcdir)/selftests/bpf/*)
	@echo '  BPF     $@'
	@$(clang_bpf) -c $(filter %/$(notdir $(@:.o=.c)),$(bpfsrc) $(build)/bpf/tutorial.bpf.c) -o $@.all
	@$(build)/bpf/bpftool gen object $@ $@.all && rm $@.all

# In a directory of its own: sparse sees only what is compiled.
check: kdir
	+@$(srcdir)/scripts/build-tree.sh -w '$(kmake)' $(srcdir) $(build)/check/$(rel)
	@for f in $(wildcard $(srcdir)/selftests/*.c); do \
		$(CC) -O2 -Wall -Wextra -Werror -o /dev/null $$f $(LDLIBS) || exit 1; \
	done

style:
	@$(srcdir)/scripts/setup.sh style
	@$(srcdir)/scripts/style

# On a fresh machine the kernel to build for is not there before setup.sh ran:
# make starts again after it.
setup:
	@$(srcdir)/scripts/setup.sh

# What a test needs, on a kernel of scripts/kernels with its own suite's tools.
built-on-%:
	@$(srcdir)/scripts/suite own $* || $(srcdir)/scripts/suite setup $*
	+@if $(srcdir)/scripts/suite own $*; then \
		$(again) $(jobs) modules tools refused; \
	else \
		$(srcdir)/scripts/suite make $* $(jobs) modules tools refused; \
	fi

test: ON = $(firstword $(kernels)) $(lastword $(kernels))
test: setup bpf
	+@$(again) $(addprefix built-on-,$(ON))
	@ON="$(ON)" TIER="$(or $(TIER),test)" $(srcdir)/selftests/run

# Everything there is: hours on two CPUs.
test-all: ALSO = check style lacking kunit mutants mainline long
test-all: test-matrix

test-matrix: ON = $(kernels)
test-matrix: setup bpf
	+@$(again) $(addprefix built-on-,$(ON))
	@ON="$(ON)" ALSO="$(ALSO)" $(srcdir)/selftests/run

lacking: kdir
	@$(srcdir)/selftests/lacking.sh $(kdir)/vmlinux $(kdir)/Module.symvers

# What takes long because there is much of it. Logs of its own: test-all has it among others.
long: setup bpf
	+@$(again) modules tools
	@LONG=1 LOGS=$(build)/long $(srcdir)/selftests/run soak faults access

# in the debug kernel; quick: in one that is built in a few minutes
kunit: setup
	@$(srcdir)/scripts/kunit

kunit-quick: setup
	@ON=kunit-6.12 $(srcdir)/scripts/kunit

mutants: setup
	@$(srcdir)/scripts/mutants

# The kernel's own selftests of MPTCP [ON=] [SCHED=] [MAINLINE='"TEST [ARGUMENT]..."...'].
# quick: a part of two of them with one scheduler, on the oldest and the newest kernel.
mainline mainline-quick: ON = $(firstword $(kernels)) $(lastword $(kernels))
mainline mainline-quick: setup
	+@$(again) $(addprefix built-on-,$(ON))
	@$(srcdir)/scripts/mainline $(addprefix -n ,$(ON)) $(addprefix -s ,$(SCHED)) $(MAINLINE)

mainline-quick: SCHED ?= redundant
mainline-quick: MAINLINE = "mptcp_connect -4" "mptcp_join -f -b -S"

bench: setup
	+@$(again) modules tools
	@$(srcdir)/scripts/bench/bench $(ROW)

demo: setup
	+@$(again) modules tools
	@$(srcdir)/scripts/bench/demo

install: modules
	KRELEASE=$(rel) MODDIR=$(moddir) $(srcdir)/scripts/install

uninstall:
	$(srcdir)/scripts/uninstall

# only what was built: BUILD= may be anybody's directory
clean:
	rm -rf $(addprefix $(build)/,$(shell $(srcdir)/scripts/suite list all) \
			kunit mutants bin bpf) $(build)/check $(build)/refused \
		$(patsubst %/generated/mptcpx_layout.h,%,$(wildcard $(build)/*/generated/mptcpx_layout.h))
	-@rmdir $(build) 2>/dev/null || :
